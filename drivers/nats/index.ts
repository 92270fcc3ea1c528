import type { Driver } from "../../src/spi/driver.js";
import { natsAdmin } from "./admin.js";
import { NatsConsumer } from "./consumer.js";
import { type NatsOptions, natsHorizon, natsOptions } from "./options.js";
import { natsProducer } from "./producer.js";
import { natsRecipe } from "./server.js";

/** A JetStream stream with one durable pull consumer. */
export const natsJetstreamDriver: Driver<NatsOptions> = {
  name: "nats-jetstream",
  summary: "NATS JetStream: a stream with a durable pull consumer",
  options: natsOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "inFlight", "deadLettered"],
  },
  broker: natsRecipe,
  durability(options, settings, host) {
    if (options.storage === "memory") {
      return { confirmedIn: "memory", words: "stream in memory: a crash loses everything" };
    }
    return natsRecipe.durability(natsRecipe.settings.parse(settings ?? {}), host);
  },
  redeliveryHorizon: natsHorizon,
  admin: natsAdmin,
  producer: natsProducer,
  consumer: NatsConsumer.start,
};
