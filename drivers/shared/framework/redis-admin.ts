import type { Admin, DriverContext, Residue, ResiduePlace } from "../../../src/spi/driver.js";
import type { Connection } from "../../redis/connection.js";
import { connectAdmin } from "../../redis/producer.js";
import { nodeInRole } from "../../redis/sentinel.js";
import { streamLength, streamPages } from "./redis-stream.js";

const PAGE = 500;

/** A key in which a framework keeps messages, or names of them. */
export interface FrameworkKey {
  readonly key: string;
  /** Of a stream, what is ready is what its group was never given, and what is in flight is what the group has unacked. */
  readonly type: "list" | "zset" | "hash" | "set" | "stream" | "elements";
  /** Of a stream: its consumer group. */
  readonly group?: string;
  /** Where the type is "elements": what was found, for a key alone does not tell the place. */
  readonly elements?: readonly Buffer[];
  readonly place: ResiduePlace;
  /** The payload of one element (of a hash: of one value); `null` where it can't be told, which counts it all the same. */
  payloadOf(element: Buffer, connection: Connection): Promise<Buffer | null> | Buffer | null;
  /** Whether an element is of this run, where others share the key; all are when not given. */
  owns?(element: Buffer): boolean;
}

/** Where a framework keeps the messages of a run. */
export interface FrameworkKeys {
  /** Looked at anew each time: some come and go with their worker. */
  find(connection: Connection): Promise<readonly FrameworkKey[]> | readonly FrameworkKey[];
  /** Of all keys that a run leaves, for SCAN. */
  readonly patterns: readonly string[];
  readonly keepsDead: boolean;
  /** Removes what a run leaves in keys that others share. */
  clear?(connection: Connection): Promise<void>;
}

/** havoq's view of a framework's keys in Redis. */
export async function frameworkAdmin(context: DriverContext<unknown>, keys: FrameworkKeys): Promise<Admin> {
  const connection = await connectAdmin(context);
  return {
    // Queues come into being with their first message; a trial shows what the server refuses.
    async setup() {
      const trial = `havoq:${context.runId}:trial`;
      await connection.once((client) => client.lpush(trial, ""));
      await connection.once((client) => client.del(trial));
    },
    async teardown() {
      await keys.clear?.(connection);
      for (const pattern of keys.patterns) {
        for await (const found of scan(connection, pattern)) {
          if (found.length > 0) await connection.once((client) => client.unlink(...found));
        }
      }
    },
    async depth() {
      const counts = { ready: 0, inFlight: 0, deadLettered: 0 };
      const found = await keys.find(connection);
      const lengths = await Promise.all(found.map((each) => lengthOf(connection, each)));
      for (const [at, { place }] of found.entries()) counts[place] += lengths[at] ?? 0;
      return { ...counts, deadLettered: keys.keepsDead ? counts.deadLettered : null };
    },
    abilities: { nodeInRole: (role) => nodeInRole(context.endpoint, role) },
    residue: () => residue(connection, keys),
    async close() {
      connection.close();
    },
  };
}

async function lengthOf(connection: Connection, each: FrameworkKey): Promise<number> {
  const { key, type, group = "", place, elements = [] } = each;
  if (type === "stream") return streamLength(connection, { key, group, place });
  if (type === "elements") return elements.length;
  if (each.owns !== undefined) {
    let length = 0;
    for await (const page of pages(connection, each)) length += page.length;
    return length;
  }
  return connection.once((client) => {
    if (type === "list") return client.llen(key);
    if (type === "zset") return client.zcard(key);
    return type === "hash" ? client.hlen(key) : client.scard(key);
  });
}

async function* residue(connection: Connection, keys: FrameworkKeys): AsyncGenerator<Residue> {
  for (const each of await keys.find(connection)) {
    for await (const page of pages(connection, each)) {
      const payloads = await Promise.all(page.map((element) => each.payloadOf(element, connection)));
      for (const payload of payloads) {
        yield payload === null ? { place: each.place, count: 1 } : { place: each.place, payload };
      }
    }
  }
}

/** The elements of a key that are of this run. */
export async function* pages(connection: Connection, each: FrameworkKey): AsyncGenerator<Buffer[]> {
  for await (const page of allPages(connection, each)) {
    yield each.owns === undefined ? page : page.filter((element) => each.owns?.(element));
  }
}

async function* allPages(connection: Connection, each: FrameworkKey): AsyncGenerator<Buffer[]> {
  const { key, type, group = "", place, elements } = each;
  if (type === "stream") {
    yield* streamPages(connection, { key, group, place });
    return;
  }
  if (elements) {
    yield [...elements];
    return;
  }
  if (type === "hash" || type === "set") {
    for (let cursor = "0"; ; ) {
      const [next, found] = await connection.once((client) =>
        type === "hash"
          ? client.hscanBuffer(key, cursor, "COUNT", PAGE)
          : client.sscanBuffer(key, cursor, "COUNT", PAGE),
      );
      // Names and values of a hash come in turn.
      yield type === "hash" ? found.filter((_, at) => at % 2 === 1) : found;
      cursor = next.toString();
      if (cursor === "0") return;
    }
  }
  for (let from = 0; ; from += PAGE) {
    const to = from + PAGE - 1;
    const page = await connection.once((client) =>
      type === "list" ? client.lrangeBuffer(key, from, to) : client.zrangeBuffer(key, from, String(to)),
    );
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
  }
}

/** Keys of a pattern, as SCAN gives them. */
export async function* scan(connection: Connection, pattern: string): AsyncGenerator<string[]> {
  for (let cursor = "0"; ; ) {
    const [next, found] = await connection.once((client) => client.scan(cursor, "MATCH", pattern, "COUNT", PAGE));
    yield found;
    cursor = next;
    if (cursor === "0") return;
  }
}
