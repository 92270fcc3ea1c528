import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type ProxyHandle, type StartProxyOptions, startProxy } from "../../../src/faults/proxy/client.js";
import type { CutEvent } from "../../../src/faults/proxy/protocol.js";
import { dial, effect, startEcho, until } from "./support.js";

let dir: string;
let entry: URL;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "havoq-proxy-"));
  const outfile = join(dir, "main.mjs");
  const main = fileURLToPath(new URL("../../../src/faults/proxy/main.ts", import.meta.url));
  await build({ entryPoints: [main], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  entry = pathToFileURL(outfile);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A proxy process for the length of the test. */
async function start(options: StartProxyOptions = {}): Promise<ProxyHandle> {
  const handle = await startProxy({ entry, ...options });
  onTestFinished(() => handle.close());
  return handle;
}

/** Runs the process with these lines and no more; answers with its answers by their id, and its exit code. */
async function converse(lines: readonly string[]): Promise<{ answers: unknown[]; code: unknown }> {
  const child = spawn(process.execPath, [fileURLToPath(entry)], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  for (const line of lines) child.stdin.write(`${line}\n`);
  await until(() => output.split("\n").length > lines.length, "answers");
  child.stdin.end();
  const [code] = await once(child, "close");
  return {
    answers: output
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
      .sort((one, other) => one.id - other.id),
    code,
  };
}

describe("the proxy process", () => {
  it("forwards, injects and heals, with times on the monotonic clock", async () => {
    const echo = await startEcho();
    const pids: number[] = [];
    const cuts: CutEvent[] = [];
    const proxy = await start({ onSpawn: (pid) => pids.push(pid), onCut: (event) => cuts.push(event) });
    expect(pids).toEqual([proxy.pid]);
    const port = await proxy.listen("producers", { host: "127.0.0.1", port: echo.port }, 42);
    const client = await dial(port);
    client.socket.write("a");
    await until(() => client.text === "a", "answer");
    const beforeNs = process.hrtime.bigint();
    const injectedNs = await proxy.inject("rst#1", "all", effect({ reset: true }));
    const healedNs = await proxy.heal("rst#1");
    expect(injectedNs).toBeGreaterThan(beforeNs);
    expect(healedNs).toBeGreaterThan(injectedNs);
    expect(process.hrtime.bigint()).toBeGreaterThan(healedNs);
    await until(() => client.closed, "reset");
    expect(client.error).toBe("ECONNRESET");
    expect(cuts).toMatchObject([{ fault: "rst#1", by: "reset" }]);
    const stats = await proxy.stats();
    expect(stats).toMatchObject({
      faults: [],
      listeners: [{ side: "producers", port, accepted: 1, cuts: 1, upBytes: 1 }],
    });
  });

  it("answers what is wrong with a command, and goes on", async () => {
    const { answers, code } = await converse([
      "no json",
      '{"type":"nonsense","id":1}',
      '{"type":"heal","id":2,"fault":"x"}',
      '{"type":"listen","id":3,"side":"producers","upstream":{"host":"192.0.2.1","port":1},"seed":1}',
      '{"type":"stats","id":4}',
    ]);
    expect(answers).toMatchObject([
      { type: "error", id: null },
      { type: "error", id: 1 },
      { type: "error", id: 2, message: "fault x is not injected" },
      { type: "error", id: 3, message: expect.stringContaining("not a loopback address") },
      { type: "stats", id: 4, faults: [], listeners: [] },
    ]);
    expect(code).toBe(0);
  });

  it("ends when its stdin ends, with connections open", async () => {
    const echo = await startEcho();
    const proxy = await startProxy({ entry });
    const client = await dial(await proxy.listen("workers", { host: "127.0.0.1", port: echo.port }, 1));
    await proxy.inject("split#1", "all", effect({ partition: true }));
    await proxy.close();
    expect(await proxy.ended).toMatch(/ended with exit code 0$/);
    await until(() => client.ended || client.closed, "close");
    await proxy.close();
  });

  it("ends at bye, and outlives an interrupt", async () => {
    const child = spawn(process.execPath, [fileURLToPath(entry)], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.write('{"type":"stats","id":1}\n');
    await once(child.stdout, "data");
    child.kill("SIGINT");
    child.stdin.write('{"type":"stats","id":2}\n');
    await once(child.stdout, "data");
    child.stdin.write('{"type":"bye"}\n');
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("makes calls fail with the refusal of the proxy", async () => {
    const proxy = await start();
    await expect(proxy.heal("x")).rejects.toThrow("fault proxy: heal: fault x is not injected");
    await expect(proxy.listen("producers", { host: "192.0.2.1", port: 1 }, 1)).rejects.toThrow("not a loopback");
    await expect(proxy.listen("producers", { host: "192.0.2.1", port: 1 }, 1, { external: true })).resolves.toBeTypeOf(
      "number",
    );
  });

  it("makes calls fail once the process was killed", async () => {
    const proxy = await start();
    process.kill(proxy.pid, "SIGKILL");
    expect(await proxy.ended).toBe(`fault proxy: process ${proxy.pid} ended by SIGKILL`);
    await expect(proxy.stats()).rejects.toThrow("ended by SIGKILL");
  });

  it("makes a call fail that a stopped process does not answer in time", async () => {
    const proxy = await start({ deadlineMs: 1_000 });
    process.kill(proxy.pid, "SIGSTOP");
    await expect(proxy.stats()).rejects.toThrow("no answer to stats within 1000 ms");
    process.kill(proxy.pid, "SIGCONT");
  });

  it("says what a process printed that does not start", async () => {
    const missing = pathToFileURL(join(dir, "missing.mjs"));
    await expect(startProxy({ entry: missing })).rejects.toThrow(
      /ended with exit code 1; it printed:\n.*missing\.mjs/s,
    );
    await expect(startProxy({ entry, cwd: join(dir, "nowhere") })).rejects.toThrow("could not be started");
  });
});
