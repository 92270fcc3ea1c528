import { expect, it, vi } from "vitest";
import type { AmqpChannel, Incoming } from "../../../drivers/rabbitmq/client.js";
import { StreamPosition } from "../../../drivers/rabbitmq/stream-position.js";

it("stores no offset behind what a new channel has yet to bring, whatever the old one brings late", async () => {
  const stored: string[] = [];
  const [before, now] = [channel([]), channel(stored)];
  const position = new StreamPosition("offsets");
  await position.resume(before);
  for (let offset = 0; offset < 120; offset++) position.taken(message(offset), before);
  for (let offset = 0; offset < 114; offset++) position.settled(message(offset), before);
  expect(await position.resume(now)).toEqual({ "x-stream-offset": 114 });
  position.taken(message(164), before);
  for (let offset = 114; offset < 120; offset++) position.taken(message(offset), now);
  position.settled(message(114), now);
  position.store(now);
  expect(stored).toEqual(["115"]);
});

const message = (offset: number) => ({ headers: { "x-stream-offset": offset } }) as unknown as Incoming;

/** A channel without a stored offset, that notes what is stored. */
function channel(stored: string[]): AmqpChannel {
  const fake = {
    get: vi.fn(async () => ({ payload: Buffer.from("0"), nack: () => {} })),
    publish: ({ payload }: { payload: Buffer }) => stored.push(payload.toString()),
  };
  return fake as unknown as AmqpChannel;
}
