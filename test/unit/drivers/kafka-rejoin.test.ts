import { expect, it, vi } from "vitest";
import { type KafkaOptions, kafkaOptions } from "../../../drivers/kafka/options.js";
import { PlatformaticConsumer } from "../../../drivers/kafka/platformatic-consumer.js";
import type { ConsumerContext } from "../../../src/spi/driver.js";
import { eventually } from "../../support/eventually.js";
import { FakeClient } from "../../support/fake-platformatic.js";

vi.mock("@platformatic/kafka", async (original) => {
  const { FakeAdmin, FakeClient } = await import("../../support/fake-platformatic.js");
  return { ...(await original<typeof import("@platformatic/kafka")>()), Consumer: FakeClient, Admin: FakeAdmin };
});

it("passes over nothing when it joins anew while a fetch is under way", async () => {
  const delivered = new Set<number>();
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const consumer = await PlatformaticConsumer.start(context(), async ({ payload, settle }) => {
    const offset = Number(payload.toString());
    if (offset === 114) await gate;
    delivered.add(offset);
    await settle("completed");
  });
  const client = FakeClient.last;
  if (!client) throw new Error("no client was made");
  const first = await reading(client);
  first?.brings(0, 164);
  await eventually(
    () => client.committed,
    (committed) => committed === 114,
  );
  client.joins("member-2");
  first?.brings(165, 200);
  release();
  const last = await reading(client);
  if (last !== first) last?.brings(114, 200);
  await eventually(
    () => client.committed,
    (committed) => committed === 201,
  );
  expect(Array.from({ length: 201 }, (_, offset) => offset).filter((offset) => !delivered.has(offset))).toEqual([]);
  await consumer.close();
});

/** The stream that is read, as soon as it knows where it begins. */
const reading = (client: FakeClient) =>
  eventually(
    () => client.streams.at(-1),
    (stream) => stream?.destroyed === false && stream.offsetsToFetch.size > 0,
    5000,
  );

function context(): ConsumerContext<KafkaOptions> {
  return {
    runId: "t-1",
    endpoint: { host: "127.0.0.1", port: 1 },
    options: kafkaOptions.parse({ partitions: 1 }),
    concurrency: 4,
    workerId: "worker-1",
    onClientError: () => {},
  };
}
