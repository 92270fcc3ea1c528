import type { Clients } from "../../src/spi/driver.js";
import { holdTransaction } from "./held-transaction.js";
import { type PostgresOptions, plainOptions } from "./options.js";

type PostgresClients = Clients<PostgresOptions>;

/** A table of our own through pg, or the library that the options name: only that one is loaded. */
export async function postgresClients({ client }: PostgresOptions): Promise<PostgresClients> {
  const clients = await load[client]();
  return {
    ...clients,
    admin: async (context) => ({
      ...(await clients.admin(context)),
      abilities: { hold: () => holdTransaction(context) },
    }),
  };
}

const load = {
  async plain(): Promise<PostgresClients> {
    const { plainAdmin } = await import("./plain-table.js");
    const { plainProducer } = await import("./plain-producer.js");
    const { LeaseConsumer } = await import("./lease-consumer.js");
    const { TransactionConsumer } = await import("./transaction-consumer.js");
    return {
      admin: plainAdmin,
      producer: plainProducer,
      consumer: (context, deliver) =>
        (plainOptions(context.options).mode === "lease" ? LeaseConsumer : TransactionConsumer).start(context, deliver),
    };
  },
  async "pg-boss"(): Promise<PostgresClients> {
    const { bossAdmin, bossProducer } = await import("./boss.js");
    const { BossConsumer } = await import("./boss-consumer.js");
    return { admin: bossAdmin, producer: bossProducer, consumer: BossConsumer.start };
  },
  async "graphile-worker"(): Promise<PostgresClients> {
    const { graphileAdmin, graphileProducer } = await import("./graphile.js");
    const { GraphileConsumer } = await import("./graphile-consumer.js");
    return { admin: graphileAdmin, producer: graphileProducer, consumer: GraphileConsumer.start };
  },
} satisfies Record<PostgresOptions["client"], () => Promise<PostgresClients>>;
