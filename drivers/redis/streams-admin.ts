import type { Admin, Depth, DriverContext, Residue } from "../../src/spi/driver.js";
import type { Connection } from "./connection.js";
import { connectAdmin } from "./producer.js";
import { asArray, asBuffer, asRecord } from "./reply.js";
import { nodeInRole } from "./sentinel.js";
import {
  createGroup,
  DEAD_LETTER_SCRIPT,
  type Entry,
  FIELD,
  GROUP,
  isGroupGone,
  readEntries,
  streamKeys,
} from "./streams-group.js";
import type { StreamsOptions } from "./streams-options.js";

const PAGE = 500;

type Keys = ReturnType<typeof streamKeys>;

/** havoq's view of the stream of a run. */
export async function streamsAdmin(context: DriverContext<StreamsOptions>): Promise<Admin> {
  const connection = await connectAdmin(context);
  const keys = streamKeys(context.runId);
  return {
    async setup() {
      await createGroup(connection, keys.stream);
      await rehearse(connection, streamKeys(`${context.runId}:trial`));
    },
    async teardown() {
      await connection.once((client) => client.del(keys.stream, keys.dead));
    },
    depth: () => depth(connection, keys),
    abilities: { nodeInRole: (role) => nodeInRole(context.endpoint, role) },
    residue: () => residue(connection, keys),
    async close() {
      connection.close();
    },
  };
}

/** One entry through a stream of its own, so that what the server refuses is known before the load. */
async function rehearse(connection: Connection, { stream, dead }: Keys): Promise<void> {
  const call = (command: string, ...values: (string | number)[]) =>
    connection.once((client) => client.callBuffer(command, ...values));
  await createGroup(connection, stream);
  const id = asBuffer(await call("XADD", stream, "*", FIELD, "")).toString();
  await call("XREADGROUP", "GROUP", GROUP, "trial", "COUNT", 1, "STREAMS", stream, ">");
  await connection.once((client) => client.eval(DEAD_LETTER_SCRIPT, 2, stream, dead, GROUP, id, FIELD, ""));
  await call("DEL", stream, dead);
}

/** What the group knows; `null` when the server has lost it. */
interface GroupState {
  readonly lastDelivered: string;
  readonly pending: number;
  /** Entries never delivered; `null` where the server (Redis 6) can't tell. */
  readonly lag: number | null;
}

async function groupState(connection: Connection, stream: string): Promise<GroupState | null> {
  let reply: unknown;
  try {
    reply = await connection.once((client) => client.callBuffer("XINFO", "GROUPS", stream));
  } catch (error) {
    if (isGroupGone(error)) return null;
    throw error;
  }
  for (const group of asArray(reply)) {
    const { name, pending, lag, "last-delivered-id": lastDelivered } = asRecord(group);
    if (name !== GROUP) continue;
    return {
      lastDelivered: String(lastDelivered),
      pending: Number(pending),
      lag: typeof lag === "number" ? lag : null,
    };
  }
  return null;
}

async function depth(connection: Connection, keys: Keys): Promise<Depth> {
  const [state, length, deadLettered] = await Promise.all([
    groupState(connection, keys.stream),
    connection.once((client) => client.xlen(keys.stream)),
    connection.once((client) => client.xlen(keys.dead)),
  ]);
  if (!state) return { ready: length, inFlight: 0, deadLettered };
  const ready = state.lag ?? Math.max(0, length - state.pending);
  return { ready, inFlight: state.pending, deadLettered };
}

/** What was delivered, is not pending and was not deleted is no residue: nobody would ever get it again. */
async function* residue(connection: Connection, keys: Keys): AsyncGenerator<Residue> {
  const state = await groupState(connection, keys.stream);
  if (state) {
    for await (const payload of pendingPayloads(connection, keys.stream)) yield { place: "inFlight", payload };
  }
  const from = state ? `(${state.lastDelivered}` : "-";
  for await (const { payload } of range(connection, keys.stream, from)) yield { place: "ready", payload };
  for await (const { payload } of range(connection, keys.dead, "-")) yield { place: "deadLettered", payload };
}

async function* range(connection: Connection, stream: string, first: string): AsyncGenerator<Entry> {
  for (let from = first; ; ) {
    const reply = await connection.once((client) => client.callBuffer("XRANGE", stream, from, "+", "COUNT", PAGE));
    const page = readEntries(reply);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    from = `(${last.id}`;
  }
}

/** A pending entry that was trimmed away meanwhile has no payload left, and can't be delivered either. */
async function* pendingPayloads(connection: Connection, stream: string): AsyncGenerator<Buffer> {
  for (let from = "-"; ; ) {
    const reply = await connection.once((client) => client.callBuffer("XPENDING", stream, GROUP, from, "+", PAGE));
    const ids = asArray(reply).map((item) => asBuffer(asArray(item)[0]).toString());
    const found = await connection.once((client) =>
      Promise.all(ids.map((id) => client.callBuffer("XRANGE", stream, id, id))),
    );
    for (const entries of found) for (const { payload } of readEntries(entries)) yield payload;
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return;
    from = `(${last}`;
  }
}
