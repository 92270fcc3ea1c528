import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { redisRecipe } from "../../../drivers/redis/server.js";
import { freePort } from "../../../src/hosts/ports.js";
import { GuardedScratch } from "../../../src/testing/guarded-scratch.js";
import { eventually } from "../../support/eventually.js";
import { FakeRedis } from "./fake-redis.js";

/** A Redis, or something that looks like one, on a private port. */
export interface Broker {
  readonly port: number;
  push(key: string, payload: Buffer): Promise<void>;
  /** Elements of a list, newest first. */
  list(key: string): Promise<Buffer[]>;
  /** Breaks every connection and listens no more. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a real redis-server that keeps nothing. */
export async function startRedis(): Promise<Broker & { readonly client: Redis }> {
  const located = await redisRecipe.process?.locate("local");
  if (!located?.found) throw new Error(located?.reason);
  const guarded = new GuardedScratch();
  const { scratch } = guarded;
  const dir = scratch.subdirectory("broker");
  const port = await freePort();
  let server: ChildProcess | null = null;
  const client = new Redis({ port, host: "127.0.0.1", lazyConnect: true, retryStrategy: () => 50 });
  client.on("error", () => {});
  const goAway = async () => {
    if (!server) return;
    const closed = once(server, "close");
    server.kill("SIGKILL");
    await closed;
    server = null;
  };
  const comeBack = async () => {
    const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"];
    server = spawn(located.executable, args, { stdio: "ignore", env: { ...process.env, ...scratch.env }, cwd: dir });
    if (client.status === "wait") await client.connect().catch(() => {});
    await eventually(
      () => client.status,
      (status) => status === "ready",
    );
  };
  await comeBack();
  return {
    port,
    client,
    push: async (key, payload) => void (await client.lpush(key, payload)),
    list: (key) => client.lrangeBuffer(key, 0, -1),
    goAway,
    comeBack,
    async close() {
      client.disconnect();
      await goAway();
      await guarded[Symbol.asyncDispose]();
    },
  };
}

/** Starts the fake; `onCommand` sees each command before it is obeyed. */
export async function startFake(onCommand: FakeRedis["onCommand"] = () => {}): Promise<Broker> {
  const port = await freePort();
  let fake = new FakeRedis();
  const lists = fake.lists;
  const comeBack = async () => {
    fake = new FakeRedis(lists);
    fake.onCommand = onCommand;
    await fake.listen(port);
  };
  await comeBack();
  return {
    port,
    push: async (key, payload) => fake.push(key, payload),
    list: async (key) => [...(lists.get(key) ?? [])],
    goAway: () => fake.close(),
    comeBack,
    close: () => fake.close(),
  };
}
