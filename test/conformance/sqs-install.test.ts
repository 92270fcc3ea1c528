import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { locateElasticmq } from "../../drivers/sqs/elasticmq.js";
import { installElasticmq } from "../../drivers/sqs/elasticmq-install.js";
import { install } from "../../src/hosts/cache.js";

const cache = mkdtempSync(join(tmpdir(), "havoq-cache-"));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

it("an installation without Java and Maven names both and the command that gets them, and leaves nothing", async () => {
  vi.stubEnv("HAVOQ_CACHE", cache);
  vi.stubEnv("HAVOQ_ELASTICMQ_HOME", undefined);
  for (const name of ["JAVA_HOME", "MAVEN_HOME"]) vi.stubEnv(name, undefined);
  vi.stubEnv("PATH", "/nonexistent");
  const installing = install("elasticmq", installElasticmq, () => {});
  await expect(installing).rejects.toThrow(
    "no java on PATH, and no mvn on PATH; get it with: apt-get install default-jre-headless maven",
  );
  expect(await locateElasticmq()).toEqual({
    found: false,
    reason: "no ElasticMQ in havoq's cache",
    hint: "apt-get install default-jre-headless maven && havoq install elasticmq",
  });
});
