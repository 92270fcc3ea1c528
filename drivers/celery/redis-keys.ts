import * as z from "zod";
import { markedPayload } from "../shared/framework/marked.js";
import type { FrameworkKey, FrameworkKeys } from "../shared/framework/redis-admin.js";
import type { CeleryOptions } from "./options.js";

/** Between the name of a queue and a priority; kombu's own. */
const PRIORITY_SEPARATOR = "\u0006\u0016";
const HIGHEST_PRIORITY = 9;
/** How kombu puts a message into Redis; a worker's hash of what it holds has it in an array with its route. */
const envelope = z.object({ body: z.string(), headers: z.record(z.string(), z.unknown()) });
const held = z.tuple([envelope]).rest(z.unknown());

/** The payload of a task: in our header, or in the body. */
export function payloadOfTask(headers: Readonly<Record<string, unknown>>, body: Buffer): Buffer | null {
  return markedPayload(Buffer.from(String(headers["havoq"] ?? ""))) ?? markedPayload(body);
}

const payloadIn = ({ headers, body }: z.infer<typeof envelope>): Buffer | null =>
  payloadOfTask(headers, Buffer.from(body, "base64"));

/** Celery's keys in Redis: lists of what is ready, one a priority, and the hash of what workers hold unacked. */
export function celeryKeys(runId: string, { priorities }: CeleryOptions): FrameworkKeys {
  const prefix = `havoq:${runId}:`;
  const steps = priorities ? HIGHEST_PRIORITY : 0;
  const suffixes = ["", ...Array.from({ length: steps }, (_, at) => `${PRIORITY_SEPARATOR}${at + 1}`)];
  const found: FrameworkKey[] = [
    ...suffixes.map(
      (suffix): FrameworkKey => ({
        key: `${prefix}${runId}${suffix}`,
        type: "list",
        place: "ready",
        payloadOf: (element) => payloadIn(envelope.parse(JSON.parse(element.toString()))),
      }),
    ),
    {
      key: `${prefix}unacked`,
      type: "hash",
      place: "inFlight",
      payloadOf: (element) => payloadIn(held.parse(JSON.parse(element.toString()))[0]),
    },
  ];
  return { find: () => found, patterns: [`${prefix}*`], keepsDead: false };
}
