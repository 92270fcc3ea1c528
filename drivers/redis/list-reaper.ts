import type { Connection } from "./connection.js";
import { type ListKeys, RETURN_SCRIPT } from "./list-keys.js";
import type { ReaperTimes } from "./list-options.js";

/** What a worker's place in the registry needs. */
interface ReaperRequest {
  readonly keys: ListKeys;
  readonly workerId: string;
  /** `null`: the worker is registered, so that havoq finds its list, but nobody watches over it. */
  readonly times: ReaperTimes | null;
  readonly connection: Connection;
  /** Whether the worker has this message in its hands. */
  holds(payload: Buffer): boolean;
  onError(error: unknown): void;
}

/**
 * Registers a worker, keeps its heartbeat going, and moves back what workers without one hold, and what its own worker was
 * given and never got: a server that is killed between a move and its answer leaves the message in the list of a worker
 * that lives.
 */
export class ListReaper {
  /** Resolves when the registry knows the worker. */
  readonly registered: Promise<void>;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly onReady = () => this.attempt(() => this.register());
  private missing = new Set<string>();
  private unknown = new Set<string>();
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly request: ReaperRequest) {
    const { times, connection } = request;
    this.registered = connection.untilAnswered(() => this.register());
    // It may be closed before anyone waits for it.
    this.registered.catch(() => {});
    // A server that lost its memory has lost the registry too.
    connection.client.on("ready", this.onReady);
    if (!times) return;
    this.timers.push(setInterval(() => this.attempt(() => this.register()), times.renewal));
    this.timers.push(
      setInterval(() => {
        this.sweeping = this.attempt(async () => {
          await this.sweep();
          await this.sweepOwn();
        });
      }, times.sweep),
    );
  }

  /** Ends the heartbeat and leaves the registry, unless the worker still holds messages. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    const { connection, keys, workerId } = this.request;
    connection.client.off("ready", this.onReady);
    if (!connection.isReady) return;
    await this.sweeping;
    await this.attempt(async () => {
      await connection.client.del(keys.heartbeat(workerId));
      if ((await connection.client.llen(keys.processing(workerId))) === 0) {
        await connection.client.srem(keys.workers, workerId);
      }
    });
  }

  private async register(): Promise<void> {
    const { keys, workerId, times, connection } = this.request;
    const { client } = connection;
    const alive = times ? client.set(keys.heartbeat(workerId), "1", "PX", Math.round(times.ttl)) : null;
    await Promise.all([alive, client.sadd(keys.workers, workerId)]);
  }

  /** Two sweeps have to miss a heartbeat: after a restart of the server, all are missing until they are renewed. */
  private async sweep(): Promise<void> {
    const { keys, workerId, connection } = this.request;
    const { client } = connection;
    const others = (await client.smembers(keys.workers)).filter((other) => other !== workerId);
    const beats = await Promise.all(others.map((other) => client.exists(keys.heartbeat(other))));
    const dead = others.filter((_, index) => beats[index] === 0);
    for (const other of dead) if (this.missing.has(other)) await this.moveBack(other);
    this.missing = new Set(dead);
  }

  /** Two sweeps have to find a message that the worker does not hold: the answer to a move may be on its way. */
  private async sweepOwn(): Promise<void> {
    const { keys, workerId, connection, holds } = this.request;
    const processing = keys.processing(workerId);
    const entries = await connection.client.lrangeBuffer(processing, 0, -1);
    const strangers = entries.filter((payload) => !holds(payload));
    for (const payload of strangers) {
      if (!this.unknown.has(textOf(payload))) continue;
      await connection.client.eval(RETURN_SCRIPT, 2, processing, keys.queue, payload);
    }
    this.unknown = new Set(strangers.map(textOf));
  }

  private async moveBack(dead: string): Promise<void> {
    const { keys, connection } = this.request;
    const processing = keys.processing(dead);
    // The newest first, each before the ones that wait, keeps their order.
    while ((await connection.client.lmove(processing, keys.queue, "LEFT", "RIGHT")) !== null);
    await connection.client.srem(keys.workers, dead);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (!this.request.connection.isReady) return;
    try {
      await work();
    } catch (error) {
      if (!this.stopped) this.request.onError(error);
    }
  }
}

const textOf = (payload: Buffer): string => payload.toString("latin1");
