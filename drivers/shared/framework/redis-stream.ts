import type { ResiduePlace } from "../../../src/spi/driver.js";
import type { Connection } from "../../redis/connection.js";
import { asArray, asBuffer, asRecord } from "../../redis/reply.js";
import { isGroupGone, readEntries } from "../../redis/streams-group.js";

const PAGE = 500;

/** What a consumer group has of a stream: was never given (ready), or has unacked (in flight). */
export interface StreamPart {
  readonly key: string;
  readonly group: string;
  readonly place: ResiduePlace;
}

/** What the server knows of a group; what is in a stream without one has yet to be given. */
async function groupState(connection: Connection, { key, group }: StreamPart) {
  const none = { lastDelivered: "0-0", pending: 0, lag: null };
  let reply: unknown;
  try {
    reply = await connection.once((client) => client.callBuffer("XINFO", "GROUPS", key));
  } catch (error) {
    if (isGroupGone(error)) return none;
    throw error;
  }
  const found = asArray(reply).map(asRecord);
  const state = found.find(({ name }) => name === group);
  if (!state) return none;
  const { pending, lag, "last-delivered-id": lastDelivered } = state;
  return {
    lastDelivered: String(lastDelivered),
    pending: Number(pending),
    lag: typeof lag === "number" ? lag : null,
  };
}

/** How many entries the part has. */
export async function streamLength(connection: Connection, part: StreamPart): Promise<number> {
  const { pending, lag } = await groupState(connection, part);
  if (part.place === "inFlight") return pending;
  if (lag !== null) return lag;
  let count = 0;
  for await (const page of streamPages(connection, part)) count += page.length;
  return count;
}

/** The first value of each entry of the part. */
export async function* streamPages(connection: Connection, part: StreamPart): AsyncGenerator<Buffer[]> {
  if (part.place === "inFlight") yield* pending(connection, part);
  else yield* unread(connection, part);
}

async function* unread(connection: Connection, part: StreamPart): AsyncGenerator<Buffer[]> {
  let from = `(${(await groupState(connection, part)).lastDelivered}`;
  for (;;) {
    const reply = await connection.once((client) => client.callBuffer("XRANGE", part.key, from, "+", "COUNT", PAGE));
    const page = readEntries(reply);
    yield page.map(({ payload }) => payload);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    from = `(${last.id}`;
  }
}

/** An entry that was trimmed away meanwhile has no value left, and can't be delivered either. */
async function* pending(connection: Connection, { key, group }: StreamPart): AsyncGenerator<Buffer[]> {
  for (let from = "-"; ; ) {
    const listed = async () => {
      try {
        return await connection.once((client) => client.callBuffer("XPENDING", key, group, from, "+", PAGE));
      } catch (error) {
        if (isGroupGone(error)) return [];
        throw error;
      }
    };
    const ids = asArray(await listed()).map((item) => asBuffer(asArray(item)[0]).toString());
    const found = await connection.once((client) =>
      Promise.all(ids.map((id) => client.callBuffer("XRANGE", key, id, id))),
    );
    yield found.flatMap((entries) => readEntries(entries).map(({ payload }) => payload));
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return;
    from = `(${last}`;
  }
}
