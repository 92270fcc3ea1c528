import type { ConsumerInfo, StreamInfo } from "@nats-io/jetstream";
import { hostPort } from "../../src/host-port.js";
import type { Admin, DriverContext, Residue, ResiduePlace } from "../../src/spi/driver.js";
import { Connection } from "./connection.js";
import { type NatsOptions, retentionOf } from "./options.js";
import { CONSUMER, ensureStream, isGone, managerOf, streamOf } from "./stream.js";

const CONNECT_DEADLINE_MS = 10_000;
/** Messages asked for at the same time; the server gives one for each request. */
const PAGE = 200;

interface State {
  readonly stream: StreamInfo;
  readonly consumer: ConsumerInfo;
}

/** havoq's view of the stream of a run. */
export async function natsAdmin(context: DriverContext<NatsOptions>): Promise<Admin> {
  const connection = await connectAdmin(context);
  const { runId, options } = context;
  const name = streamOf(runId);
  const removes = retentionOf(options) === "workqueue";
  return {
    setup: () => ensureStream(connection, runId, options),
    async teardown() {
      const manager = await managerOf(connection);
      await connection.whileUp(manager.streams.delete(name)).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    },
    async depth() {
      const state = await look(connection, name, false);
      if (!state) return { ready: 0, inFlight: 0, deadLettered: 0 };
      const { num_pending: ready, num_ack_pending: inFlight } = state.consumer;
      return { ready, inFlight, deadLettered: removes ? givenUp(state) : null };
    },
    residue: () => residue(connection, name, removes),
    close: () => connection.close(),
  };
}

/** What a work queue still has, was delivered, and is not waited for any more: deliveries have run out. */
const givenUp = ({ stream, consumer }: State): number =>
  Math.max(0, stream.state.messages - consumer.num_pending - consumer.num_ack_pending);

/** The stream as it is now; `null` when there is none any more. */
async function look(connection: Connection, name: string, details: boolean): Promise<State | null> {
  try {
    const manager = await managerOf(connection);
    const consumer = await manager.consumers.info(name, CONSUMER);
    const stream = await manager.streams.info(name, { deleted_details: details });
    return { stream, consumer };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

async function* residue(connection: Connection, name: string, removes: boolean): AsyncGenerator<Residue> {
  const state = await look(connection, name, true);
  if (!state) return;
  const { delivered, ack_floor, num_ack_pending } = state.consumer;
  const { first_seq, last_seq, deleted = [] } = state.stream.state;
  const gone = new Set(deleted);
  const between = (from: number, to: number) => {
    const length = Math.max(0, to - from + 1);
    return Array.from({ length }, (_, index) => from + index).filter((sequence) => !gone.has(sequence));
  };
  const held = between(Math.max(first_seq, ack_floor.stream_seq + 1), delivered.stream_seq);
  if (removes || held.length === num_ack_pending) {
    // Which of them are given up the server does not say, unless all are.
    const place = num_ack_pending === 0 ? "deadLettered" : "inFlight";
    const from = removes ? between(first_seq, delivered.stream_seq) : held;
    yield* read(connection, name, from, place);
  } else if (num_ack_pending > 0) {
    // Acked ones lie among them, and nothing tells which.
    yield { place: "inFlight", count: num_ack_pending };
  }
  yield* read(connection, name, between(Math.max(first_seq, delivered.stream_seq + 1), last_seq), "ready");
}

async function* read(
  connection: Connection,
  name: string,
  sequences: readonly number[],
  place: ResiduePlace,
): AsyncGenerator<Residue> {
  const manager = await managerOf(connection);
  for (let at = 0; at < sequences.length; at += PAGE) {
    const page = sequences.slice(at, at + PAGE).map((seq) => manager.streams.getMessage(name, { seq }));
    for (const stored of await Promise.all(page)) if (stored) yield { place, payload: Buffer.from(stored.data) };
  }
}

async function connectAdmin({ endpoint, onClientError }: DriverContext<NatsOptions>): Promise<Connection> {
  let last: unknown = null;
  const connection = new Connection({
    endpoint,
    onClientError: (error) => {
      last = error;
      onClientError(error);
    },
  });
  if (await connection.readyWithin(CONNECT_DEADLINE_MS)) return connection;
  await connection.close();
  const why = last instanceof Error ? `: ${last.message}` : "";
  throw new Error(`no connection to NATS at ${hostPort(endpoint)} within ${CONNECT_DEADLINE_MS / 1000} s${why}`);
}
