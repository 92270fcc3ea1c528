/** `havoq/worker`: a worker of one's own in Node, in a few lines. */
import { describeError } from "../agent/error-texts.js";
import type { ConfigureMessage } from "../agent/protocol.js";
import { runAgent } from "../agent/run-agent.js";
import type { Clients, Consumer, ConsumerContext, Deliver } from "../spi/driver.js";
import { sleep } from "../time.js";

/** What a worker is told of the run that it is a part of. */
export interface Run {
  readonly id: string;
  /** `target.driver` and `target.options`. */
  readonly driver: string;
  readonly options: unknown;
  readonly workerId: string;
  readonly concurrency: number;
  /** Connect here, which may be havoq's proxy; `url` has only user, password and database. */
  readonly host: string;
  readonly port: number;
  readonly url: string | undefined;
  /** Whether to take no more messages. */
  readonly stopping: boolean;
  /** Tells of an error that belongs to no single message. */
  report(error: unknown): void;
}

/** A message as it was taken: its payload, and whatever `settle` needs to find the delivery again. */
export interface Taken<Message> {
  readonly payload: Buffer;
  readonly message: Message;
  /** Whether the broker says that it came before, where it can tell. */
  readonly redelivered?: boolean;
}

/** What makes a worker. */
export interface WorkerOptions<Message> {
  /** Yields messages until `run.stopping`; called once for each handler that may run at a time. */
  take(run: Run): AsyncIterable<Taken<Message> | Buffer>;
  /** Fails by throwing; without it a message takes as long as the scenario says. */
  handle?(payload: Buffer): Promise<void> | void;
  /** Tells the broker how a handler ended; a payload that was yielded alone is its own message. */
  settle?(message: Message, outcome: "completed" | "failed"): Promise<void> | void;
}

const RETRY_MS = 100;

/** Runs a worker until havoq stops it; the process ends then. */
export function worker<Message = Buffer>(options: WorkerOptions<Message>): void {
  runAgent(async (configure) => ({
    clients: clientsOf(options, configure),
    options: configure.options,
    explain: (error) => error,
  }));
}

const nothing = () => Promise.reject(new Error("a worker of one's own is no producer"));

function clientsOf<Message>(options: WorkerOptions<Message>, configure: ConfigureMessage): Clients {
  return {
    admin: nothing,
    producer: nothing,
    consumer: async (context, deliver) => consume(options, configure, context, deliver),
  };
}

function consume<Message>(
  options: WorkerOptions<Message>,
  { driver }: ConfigureMessage,
  context: ConsumerContext<unknown>,
  deliver: Deliver,
): Consumer {
  const { runId, workerId, concurrency, endpoint } = context;
  let stopping = false;
  const run: Run = {
    ...{ id: runId, driver, options: context.options, workerId, concurrency },
    ...{ host: endpoint.host, port: endpoint.port, url: endpoint.url },
    get stopping() {
      return stopping;
    },
    report: (error) => context.onClientError(error),
  };
  const takers = Array.from({ length: concurrency }, () => takeAll(options, run, deliver));
  return {
    async stop() {
      stopping = true;
      await Promise.all(takers);
    },
    close: async () => {},
  };
}

async function takeAll<Message>(options: WorkerOptions<Message>, run: Run, deliver: Deliver): Promise<void> {
  while (!run.stopping) {
    try {
      for await (const taken of options.take(run)) {
        const { payload, message, redelivered } = Buffer.isBuffer(taken) ? bare<Message>(taken) : taken;
        await deliver({
          payload,
          redelivered,
          ...(options.handle && { handle: async () => options.handle?.(payload) }),
          settle: async (outcome) => options.settle?.(message, outcome),
        });
      }
    } catch (error) {
      // Such as a broker that is down: reported, and tried again.
      run.report(new Error(describeError(error)));
      await sleep(RETRY_MS);
    }
  }
}

/** A payload that is its own message: `Message` is Buffer then. */
const bare = <Message>(payload: Buffer): Taken<Message> => ({ payload, message: payload as Message });
