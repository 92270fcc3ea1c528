import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { installedPackage } from "../../src/package.js";
import type { BrokerRecipe, Durability, Endpoint, HostChoice } from "../../src/spi/broker.js";
import { durationOf, durationText } from "../shared/duration.js";
import { sqsClient } from "./client.js";
import { describeElasticmq, launchElasticmq, locateElasticmq } from "./elasticmq.js";
import { installElasticmq } from "./elasticmq-install.js";
import { launchFauxqs, locateFauxqs } from "./fauxqs.js";
import { sqsRefusal } from "./refusal.js";
import { serverAt } from "./server-at.js";

const settings = z.strictObject({
  persistent: z
    .boolean()
    .optional()
    .describe("ElasticMQ (host local) keeps messages in a file; its default is true, and fauxqs (embedded) can't"),
  writeDelay: durationText({ max: 10_000 })
    .default("500ms")
    .describe('how long that file may lag behind what was confirmed: H2\'s own default; "0ms" writes at each commit'),
});

/** Checked `target.broker` of `sqs`. */
export type SqsSettings = z.infer<typeof settings>;

/** How a server that speaks SQS is found, started and known to be ready: ElasticMQ as local, fauxqs as embedded host. */
export const sqsRecipe: BrokerRecipe<SqsSettings> = {
  name: "sqs",
  settings,
  durability,
  server: {
    probe,
    refusal: sqsRefusal,
    url: {
      ports: { http: 80, https: 443 },
      credentials: "the AWS SDK takes them from the environment, such as AWS_ACCESS_KEY_ID",
    },
  },
  process: {
    hosts: ["local", "embedded"],
    locate: async (host) => (host === "local" ? locateElasticmq() : locateFauxqs()),
    launch: async (request) => (request.host === "local" ? launchElasticmq(request) : launchFauxqs(request)),
    installations: { elasticmq: installElasticmq },
  },
  container: { image: "softwaremill/elasticmq:1.7.1", describe: describeElasticmq },
};

function durability({ persistent = true, writeDelay }: SqsSettings, host: HostChoice): Durability {
  if (host === "external") return { confirmedIn: "replicas", words: "Amazon SQS keeps messages on several servers" };
  const inMemory = (words: string): Durability => ({ confirmedIn: "memory", words });
  if (host === "embedded") return inMemory("fauxqs keeps messages in memory only: a crash loses everything");
  if (!persistent) return inMemory("ElasticMQ in memory only: a crash loses everything");
  const file = `ElasticMQ with an H2 file, write delay ${writeDelay}`;
  if (durationOf(writeDelay) > 0)
    return inMemory(`${file}: a process crash loses what was confirmed about that long before it`);
  const words = `${file}: written at each commit, a process crash loses nothing confirmed`;
  return { confirmedIn: "page cache", words };
}

async function probe(endpoint: Endpoint): Promise<string | null> {
  if (endpoint.url === undefined) {
    const server = await serverAt(endpoint);
    return server === "fauxqs" ? `fauxqs ${installedPackage("fauxqs")?.version} (in memory)` : null;
  }
  const client = sqsClient({ endpoint, sockets: 1, attempts: 1 });
  try {
    await client.send(new ListQueuesCommand({ MaxResults: 1 }));
    return `SQS at ${new URL(endpoint.url).host}`;
  } finally {
    client.destroy();
  }
}
