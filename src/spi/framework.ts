import type { Installation, Located, Missing } from "./broker.js";
import type { Clients, ConsumerContext, Driver } from "./driver.js";

/** What runs a framework's code: a language's interpreter, and the framework's packages. */
export interface Runtime<Options = unknown> {
  /** As in `havoq install` and HAVOQ_REQUIRE. */
  readonly name: string;
  /** Finds it on this machine, or says what gets it; `executable` is the interpreter. */
  locate(options: Options): Promise<Located | Missing>;
  /** How `havoq install` gets it; `null` where a package manager has it. */
  readonly installation: Installation | null;
}

/** A framework's own worker: how it is started, and how it is asked to end. */
export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Takes no more messages, lets its handlers end, and ends. */
  readonly stopSignal: NodeJS.Signals;
  /** Options as the SDK in its processes wants them: plain JSON, durations in milliseconds. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The parts of a framework's driver that talk to the system; its consumer is the program with a bridge to it. */
export interface FrameworkClients<Options = unknown> extends Clients<Options> {
  /** The worker that a user would start; the SDK in it writes the records. */
  program(context: ConsumerContext<Options>): Promise<Program>;
}

/** What a driver has more whose worker is a framework's own program, in whatever language. */
export interface Framework<Options = unknown> {
  readonly runtime: Runtime<Options>;
  clients(options: Options): Promise<FrameworkClients<Options>>;
}

/** A driver whose worker is a framework's own program. */
export type FrameworkDriver<Options = unknown, Settings = unknown> = Driver<Options, Settings> & Framework<Options>;

/** Whether a driver's worker is a framework's own program. */
export const isFramework = (driver: Driver): driver is FrameworkDriver => "runtime" in driver;
