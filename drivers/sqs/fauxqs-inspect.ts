import * as z from "zod";
import type { Endpoint } from "../../src/spi/broker.js";
import type { Residue, ResiduePlace } from "../../src/spi/driver.js";
import { getText } from "./server-at.js";

const message = z.object({ body: z.string() });
const inspection = z.object({
  messages: z.object({
    ready: z.array(message),
    delayed: z.array(message),
    inflight: z.array(z.object({ message, visibilityDeadline: z.number() })),
  }),
});

const TIMEOUT_MS = 30_000;

/** Lists a queue of fauxqs without touching it; `place` overrides where its messages are said to be. */
export async function* inspectFauxqs(
  endpoint: Endpoint,
  queue: string,
  place: ResiduePlace | null,
): AsyncGenerator<Residue> {
  const { status, text } = await getText(endpoint, `/_fauxqs/queues/${queue}`, TIMEOUT_MS);
  // In memory only: after a restart there is no queue, and nothing left.
  if (status === 404) return;
  const { ready, delayed, inflight } = inspection.parse(JSON.parse(text)).messages;
  const payloadOf = (body: string) => Buffer.from(body, "base64");
  for (const each of [...ready, ...delayed]) yield { place: place ?? "ready", payload: payloadOf(each.body) };
  for (const each of inflight) {
    // fauxqs looks at the deadlines only when somebody receives.
    const found = each.visibilityDeadline <= Date.now() ? "ready" : "inFlight";
    yield { place: place ?? found, payload: payloadOf(each.message.body) };
  }
}
