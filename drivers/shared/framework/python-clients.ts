import type { AckLevel, Admin, ConsumerContext, DriverContext } from "../../../src/spi/driver.js";
import type { FrameworkClients, Program } from "../../../src/spi/framework.js";
import { durationOf } from "../duration.js";
import { bridgeConsumer } from "./bridge-consumer.js";
import { Enqueuer } from "./enqueuer.js";
import { type PythonFramework, type PythonOptions, pythonEnvironment, requiredInterpreter } from "./python.js";

/** How a Python framework is put under test. */
export interface PythonWorker<Options> {
  readonly framework: PythonFramework;
  /** Its module of the SDK, such as "havoq.celery". */
  readonly module: string;
  /** What follows `python -m` to start a worker. */
  command(context: ConsumerContext<Options>): readonly string[];
  /** Beside the SDK's. */
  env?(context: ConsumerContext<Options>): Readonly<Record<string, string>>;
  readonly stopSignal: NodeJS.Signals;
  /** Options as the SDK wants them. */
  options(options: Options): Readonly<Record<string, unknown>>;
  /** What it means that the client has taken a message; "broker" when not given. */
  level?(options: Options): AckLevel;
}

/** The clients of a Python framework: its worker, and an enqueuer in a process of its own. */
export function pythonClients<Options extends PythonOptions>(
  worker: PythonWorker<Options>,
  admin: (context: DriverContext<Options>) => Promise<Admin>,
): FrameworkClients<Options> {
  const program = async (context: ConsumerContext<Options>): Promise<Program> => ({
    command: [requiredInterpreter(worker.framework, context.options), "-m", ...worker.command(context)],
    env: { ...pythonEnvironment(context.options), ...worker.env?.(context) },
    stopSignal: worker.stopSignal,
    options: worker.options(context.options),
  });
  return {
    admin,
    program,
    consumer: (context, deliver) => bridgeConsumer(program, context, deliver),
    producer: ({ options, runId, endpoint }) =>
      Enqueuer.start({
        command: [requiredInterpreter(worker.framework, options), "-m", "havoq.enqueue", worker.module],
        env: pythonEnvironment(options),
        config: { runId, endpoint, options: worker.options(options) },
        level: worker.level?.(options) ?? "broker",
      }),
  };
}

/** Options with the durations of these names in milliseconds, for the SDK; those that are not given are null. */
export function inMilliseconds<Options extends object>(
  options: Options,
  names: readonly (keyof Options)[],
): Record<string, unknown> {
  const read = (value: unknown) => (typeof value === "string" ? durationOf(value) : null);
  return { ...options, ...Object.fromEntries(names.map((name) => [name, read(options[name])])) };
}
