import type { Driver } from "../../src/spi/driver.js";
import { FULL } from "../shared/capabilities.js";
import { type NatsOptions, natsHorizon, natsOptions } from "./options.js";
import { type NatsSettings, natsRecipe } from "./server.js";

/** A JetStream stream with one durable pull consumer. */
export const natsJetstreamDriver: Driver<NatsOptions, NatsSettings> = {
  name: "nats-jetstream",
  summary: "NATS JetStream: a stream with a durable pull consumer",
  options: natsOptions,
  broker: natsRecipe,
  traits: ({ options }) => ({
    can: FULL,
    redeliveryHorizon: natsHorizon(options),
    ...(options.storage === "memory" && {
      durability: { confirmedIn: "memory", words: "stream in memory: a crash loses everything" },
    }),
  }),
  clients: async () => (await import("./clients.js")).natsClients,
};
