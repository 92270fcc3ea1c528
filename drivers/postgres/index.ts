import type { Consumer, ConsumerContext, Delivery, Driver } from "../../src/spi/driver.js";
import { bossAdmin, bossProducer } from "./boss.js";
import { BossConsumer } from "./boss-consumer.js";
import { durability } from "./durability.js";
import { graphileAdmin, graphileProducer } from "./graphile.js";
import { GraphileConsumer } from "./graphile-consumer.js";
import { holdTransaction } from "./held-transaction.js";
import { LeaseConsumer } from "./lease-consumer.js";
import { type PostgresOptions, plainOptions, postgresHeeds, postgresHorizon, postgresOptions } from "./options.js";
import { plainProducer } from "./plain-producer.js";
import { plainAdmin } from "./plain-table.js";
import { postgresRecipe } from "./server.js";
import { TransactionConsumer } from "./transaction-consumer.js";

const admins = { plain: plainAdmin, "pg-boss": bossAdmin, "graphile-worker": graphileAdmin };
const producers = { plain: plainProducer, "pg-boss": bossProducer, "graphile-worker": graphileProducer };

/** A PostgreSQL table as a queue: of our own, or of a library. */
export const postgresDriver: Driver<PostgresOptions> = {
  name: "postgres",
  summary: "PostgreSQL as a queue: SKIP LOCKED, pg-boss or graphile-worker; embedded: PostgreSQL of the npm registry",
  options: postgresOptions,
  capabilities: {
    processes: true,
    network: true,
    retries: true,
    deadLetters: true,
    inspects: ["ready", "inFlight", "deadLettered"],
    holds: ["transaction"],
  },
  broker: postgresRecipe,
  durability,
  heeds: postgresHeeds,
  redeliveryHorizon: postgresHorizon,
  admin: async (context) => ({
    ...(await admins[context.options.client](context)),
    hold: () => holdTransaction(context),
  }),
  producer: (context) => producers[context.options.client](context),
  consumer,
};

async function consumer(
  context: ConsumerContext<PostgresOptions>,
  deliver: (delivery: Delivery) => Promise<void>,
): Promise<Consumer> {
  const { options } = context;
  if (options.client === "pg-boss") return BossConsumer.start(context, deliver);
  if (options.client === "graphile-worker") return GraphileConsumer.start(context, deliver);
  if (plainOptions(options).mode === "lease") return LeaseConsumer.start(context, deliver);
  return TransactionConsumer.start(context, deliver);
}
