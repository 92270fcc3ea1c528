import type { Admin, DriverContext, Residue, ResiduePlace } from "../../src/spi/driver.js";
import type { Connection } from "../redis/connection.js";
import { connectAdmin } from "../redis/producer.js";
import { nodeInRole } from "../redis/sentinel.js";
import { KEY_PREFIX, payloadOf } from "./job-data.js";

const PAGE = 500;
/** Writes and deletes as the libraries' scripts do, so that what the server refuses is known before the load. */
const TRIAL_SCRIPT = `
redis.call('HSET', KEYS[1], 'data', '')
redis.call('LPUSH', KEYS[2], '1')
return redis.call('DEL', KEYS[1], KEYS[2])`;

/** Where a library keeps the ids of the jobs that are in one state. */
export interface JobState {
  readonly key: string;
  readonly type: "list" | "zset";
  /** `null`: what is here has been completed. */
  readonly place: ResiduePlace | null;
}

/** The keys of one library's queue. */
export interface JobKeys {
  readonly states: readonly JobState[];
  /** Keys beside those of the states and of the jobs. */
  readonly others: readonly string[];
}

/** havoq's view of a queue of jobs: the lists and sets of ids as they are in Redis, and the hashes of the jobs. */
export async function jobAdmin(context: DriverContext<unknown>, keys: JobKeys): Promise<Admin> {
  const connection = await connectAdmin(context);
  const keyOf = (name: string) => `${KEY_PREFIX}:${context.runId}:${name}`;
  return {
    // A queue comes into being with its first job.
    async setup() {
      await connection.once((client) => client.eval(TRIAL_SCRIPT, 2, keyOf("trial"), keyOf("trial-list")));
    },
    async teardown() {
      for (const state of keys.states) {
        for await (const ids of pages(connection, keyOf(state.key), state.type)) {
          const ofJobs = ids.flatMap((id) => [keyOf(id), keyOf(`${id}:lock`), keyOf(`${id}:logs`)]);
          await connection.once((client) => client.unlink(...ofJobs));
        }
      }
      const ofQueue = [...keys.states.map(({ key }) => key), ...keys.others].map(keyOf);
      await connection.once((client) => client.unlink(...ofQueue));
    },
    async depth() {
      const counts = { ready: 0, inFlight: 0, deadLettered: 0 };
      const lengths = await connection.once((client) =>
        Promise.all(
          keys.states.map(({ key, type }) => (type === "list" ? client.llen(keyOf(key)) : client.zcard(keyOf(key)))),
        ),
      );
      for (const [index, { place }] of keys.states.entries()) if (place) counts[place] += lengths[index] ?? 0;
      return counts;
    },
    abilities: { nodeInRole: (role) => nodeInRole(context.endpoint, role) },
    residue: () => residue(connection, keys, keyOf),
    async close() {
      connection.close();
    },
  };
}

async function* residue(
  connection: Connection,
  { states }: JobKeys,
  keyOf: (name: string) => string,
): AsyncGenerator<Residue> {
  for (const { key, type, place } of states) {
    if (!place) continue;
    for await (const ids of pages(connection, keyOf(key), type)) {
      const found = await connection.once((client) => Promise.all(ids.map((id) => client.hget(keyOf(id), "data"))));
      for (const data of found) {
        // An id without a job: there is a message, but what it was can't be told.
        if (data === null) yield { place, count: 1 };
        else yield { place, payload: payloadOf(JSON.parse(data)) };
      }
    }
  }
}

async function* pages(connection: Connection, key: string, type: JobState["type"]): AsyncGenerator<string[]> {
  for (let from = 0; ; from += PAGE) {
    const to = from + PAGE - 1;
    const page = await connection.once((client) =>
      type === "list" ? client.lrange(key, from, to) : client.zrange(key, from, String(to)),
    );
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
  }
}
