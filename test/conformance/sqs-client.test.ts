import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sqsClient } from "../../drivers/sqs/client.js";

const AWS = { host: "sqs.eu-central-1.amazonaws.com", port: 443, url: "https://sqs.eu-central-1.amazonaws.com" };
const request = { sockets: 1, attempts: 1 };

/** Nothing of the machine's own AWS settings. */
function withoutSettings(): void {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_REGION", "us-west-2");
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the SDK's client", () => {
  it("of an AWS url takes the region from it, whatever the environment says, and signs for its host", async () => {
    withoutSettings();
    const { config } = sqsClient({ endpoint: AWS, ...request });
    expect(await config.region()).toBe("eu-central-1");
    expect(await config.endpoint?.()).toMatchObject({ protocol: "https:", hostname: AWS.host });
    expect(config.useQueueUrlAsEndpoint).toBe(false);
  });

  it("of another url takes the environment's region", async () => {
    withoutSettings();
    const { config } = sqsClient({ endpoint: { ...AWS, url: "https://sqs.example.org" }, ...request });
    expect(await config.region()).toBe("us-west-2");
  });

  it("of a url finds credentials as every AWS tool does: environment first", async () => {
    withoutSettings();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "of-the-environment");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const { config } = sqsClient({ endpoint: AWS, ...request });
    expect(await config.credentials()).toMatchObject({ accessKeyId: "of-the-environment", secretAccessKey: "secret" });
  });

  it("of a url finds credentials as every AWS tool does: then the profile", async () => {
    withoutSettings();
    const folder = mkdtempSync(join(tmpdir(), "havoq-aws-"));
    const file = join(folder, "credentials");
    writeFileSync(file, "[bench]\naws_access_key_id = of-the-profile\naws_secret_access_key = secret\n");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
    vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
    vi.stubEnv("AWS_PROFILE", "bench");
    const { config } = sqsClient({ endpoint: AWS, ...request });
    expect(await config.credentials()).toMatchObject({ accessKeyId: "of-the-profile" });
    rmSync(folder, { recursive: true });
  });

  it("of a broker that havoq started has made-up credentials, never the user's", async () => {
    withoutSettings();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "of-the-environment");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    const { config } = sqsClient({ endpoint: { host: "127.0.0.1", port: 4711 }, ...request });
    expect(await config.credentials()).toMatchObject({ accessKeyId: "havoq" });
    expect(await config.endpoint?.()).toMatchObject({ hostname: "127.0.0.1", port: 4711 });
  });

  it("does not take a wait for a free socket for a connection that fails", async () => {
    // With one socket the last of these waits for longer than a connection may take.
    const ANSWER_MS = 2000;
    const server = createServer((_, response) => {
      setTimeout(() => response.end('{"QueueUrl":"http://queue"}'), ANSWER_MS);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = sqsClient({ endpoint: { host: "127.0.0.1", port }, ...request });
    try {
      const ask = () => client.send(new GetQueueUrlCommand({ QueueName: "queue" })).then(({ QueueUrl }) => QueueUrl);
      const answers = await Promise.all([ask(), ask(), ask(), ask()]);
      expect(answers).toEqual(Array.from({ length: 4 }, () => "http://queue"));
    } finally {
      client.destroy();
      server.close();
    }
  });
});
