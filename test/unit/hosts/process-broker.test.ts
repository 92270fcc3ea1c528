import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Broker } from "../../../src/hosts/broker.js";
import { BrokerStartError } from "../../../src/hosts/broker.js";
import { openBroker } from "../../../src/hosts/open.js";
import type { OpenRequest } from "../../../src/hosts/open-request.js";
import { freePort, isPortFree } from "../../../src/hosts/ports.js";
import { startTicksOf } from "../../../src/os/processes.js";
import type { BrokerRecipe, Endpoint } from "../../../src/spi/broker.js";
import { GuardedScratch } from "../../../src/testing/guarded-scratch.js";
import { eventually } from "../../support/eventually.js";

/** Greets every connection with the number of starts in this directory. */
const SERVER = `
const { appendFileSync, readFileSync } = require("node:fs");
appendFileSync("starts", "x");
console.log("started in " + process.cwd() + " for " + process.env.HAVOQ_RUN);
require("node:net").createServer((s) => s.end("v" + readFileSync("starts").length)).listen(Number(process.argv[1]), "127.0.0.1");
`;

async function greeting({ host, port }: Endpoint): Promise<string> {
  const socket = connect(port, host);
  let text = "";
  socket.setEncoding("utf8").on("data", (data) => {
    text += data;
  });
  await once(socket, "close");
  if (text === "") throw new Error("no greeting");
  return text;
}

type Probe = BrokerRecipe["server"]["probe"];

function recipe(script: string, file = process.execPath, probe: Probe = greeting): BrokerRecipe {
  return {
    name: "fake",
    settings: z.unknown(),
    durability: () => ({ confirmedIn: null, words: "none" }),
    server: { probe, refusal: () => null },
    process: {
      hosts: ["local"],
      locate: async () => ({ found: true, what: "fake", executable: file }),
      launch: async ({ port }) => ({ file, args: ["-e", script, "--", String(port)], env: {} }),
    },
  };
}

const choice = { kind: "local", located: { found: true, what: "/opt/fake", executable: "" }, reason: "" } as const;

describe("a broker as a process", () => {
  let guarded: GuardedScratch;
  let dir: string;
  let spawned: number[];
  const brokers: Broker[] = [];

  beforeEach(() => {
    guarded = new GuardedScratch();
    dir = guarded.scratch.subdirectory("broker");
    spawned = [];
  });
  afterEach(async () => {
    for (const broker of brokers.splice(0)) await broker[Symbol.asyncDispose]();
    await guarded[Symbol.asyncDispose]();
  });

  async function open(
    script = SERVER,
    request: Partial<OpenRequest> = {},
    { file, probe }: { readonly file?: string; readonly probe?: Probe } = {},
  ): Promise<Broker> {
    const broker = await openBroker(recipe(script, file, probe), choice, {
      runId: "r1",
      dir,
      settings: {},
      url: undefined,
      env: { HAVOQ_RUN: "r1" },
      logFile: join(dir, "log"),
      onSpawn: (pid) => spawned.push(pid),
      ...request,
    });
    brokers.push(broker);
    return broker;
  }

  it("answers when it is opened, runs in its directory and bears the run's mark", async () => {
    const broker = await open();
    expect(broker).toMatchObject({ kind: "local", version: "v1", what: "/opt/fake", pid: spawned[0] });
    await eventually(
      () => broker.logTail(),
      (text) => text === `started in ${dir} for r1`,
    );
  });

  it("leads a process group of its own", async () => {
    const broker = await open();
    const group = readFileSync(`/proc/${broker.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2];
    expect(Number(group)).toBe(broker.pid);
  });

  it("is gone when kill() resolves, and comes back on the same port and directory", async () => {
    const broker = await open();
    const { endpoint } = broker;
    await broker.kill();
    expect(broker.pid).toBeNull();
    expect(startTicksOf(spawned[0] ?? 0)).toBeNull();
    await broker.start();
    expect(broker.endpoint).toEqual(endpoint);
    expect(broker.version).toBe("v2");
    expect(spawned).toEqual([expect.any(Number), broker.pid]);
  });

  it("stands still while it is paused", async () => {
    const broker = await open();
    await broker.pause();
    expect(readFileSync(`/proc/${broker.pid}/stat`, "utf8")).toContain(") T ");
    const answer = greeting(broker.endpoint);
    const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 200, "nothing"))]);
    expect(early).toBe("nothing");
    await broker.resume();
    expect(await answer).toBe("v1");
  });

  it("can be stopped and killed while it is paused", async () => {
    const broker = await open();
    await broker.pause();
    await broker.stop();
    expect(broker.pid).toBeNull();
    await broker.start();
    await broker.pause();
    await broker.kill();
    expect(broker.pid).toBeNull();
  });

  it("does not start twice, and can't be broken when it does not run", async () => {
    const broker = await open();
    await Promise.all([broker.start(), broker.start()]);
    expect(spawned).toHaveLength(1);
    await broker.stop();
    await expect(broker.kill()).rejects.toThrow("not running");
    await expect(broker.pause()).rejects.toThrow("not running");
  });

  it("takes with it what it started", async () => {
    const child = `const c = require("node:child_process").spawn("sleep", ["60"]); console.log("child " + c.pid);`;
    const broker = await open(child + SERVER);
    const pid = Number(
      /child (\d+)/.exec(
        await eventually(
          () => broker.logTail(),
          (text) => text.includes("child"),
        ),
      )?.[1],
    );
    await broker[Symbol.asyncDispose]();
    await eventually(
      () => startTicksOf(pid),
      (ticks) => ticks === null,
    );
  });

  it("tells of an end that nobody asked for, and of no other", async () => {
    const told: string[] = [];
    const broker = await open(SERVER, { onUnexpectedExit: (text) => told.push(text) });
    await broker.kill();
    await broker.start();
    expect(told).toEqual([]);
    process.kill(broker.pid ?? 0, "SIGKILL");
    await eventually(
      () => told,
      (texts) => texts.length === 1,
    );
    expect(told).toEqual(["fake was ended by SIGKILL although nobody asked for it"]);
  });

  describe("that does not start", () => {
    it("says what was run, how it ended and what it printed", async () => {
      const opening = open(`console.error("bad config"); process.exit(7)`);
      await expect(opening).rejects.toThrow(BrokerStartError);
      const message = await opening.catch((error: Error) => error.message);
      expect(message).toContain("fake ended with exit code 7 before it was ready");
      expect(message).toContain(`command: ${process.execPath} -e `);
      expect(message).toContain("bad config");
    });

    it("says that the program is not there", async () => {
      await expect(open(SERVER, {}, { file: "/no/such/program" })).rejects.toThrow("could not be run");
    });

    it("names the port that another program has", async () => {
      const other = createServer((socket) => socket.end("somebody else")).listen(0, "127.0.0.1");
      await once(other, "listening");
      const address = other.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      await expect(open(SERVER, { port })).rejects.toThrow(`port ${port} is taken by another program`);
      expect(spawned).toEqual([]);
      other.close();
    });

    it("does not take another process on its port for itself", async () => {
      // The other one answers, and is there to stay; ours ends without having listened, when three answers were heard.
      const other = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(SERVER)}, "--", process.argv[1]]);`;
      const ours = `process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); ${other}`;
      let heard = 0;
      const probe = async (endpoint: Endpoint) => {
        const text = await greeting(endpoint);
        heard += 1;
        if (heard === 3) process.kill(spawned[0] ?? 0, "SIGTERM");
        return text;
      };
      // With a port of its own choice havoq would try another, as long as the other one holds the first.
      const port = await freePort();
      await expect(open(ours, { port }, { probe })).rejects.toThrow("ended with exit code 5");
      expect(heard).toBeGreaterThanOrEqual(3);
      expect(spawned).toHaveLength(1);
    });

    it("is ended when the start is given up", async () => {
      let pid = 0;
      const never = recipe("setInterval(() => {}, 1000)", undefined, async () => {
        process.kill(pid, "SIGTERM");
        throw new Error("not yet");
      });
      const request = { runId: "r1", dir, settings: {}, url: undefined, env: {}, logFile: join(dir, "log") };
      const onSpawn = (spawnedPid: number) => {
        pid = spawnedPid;
      };
      await expect(openBroker(never, choice, { ...request, onSpawn })).rejects.toThrow("ended by SIGTERM");
      expect(startTicksOf(pid)).toBeNull();
    });
  });
});

describe("an external broker", () => {
  it("is reached by its url, and can't be broken", async () => {
    const server = createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const external = { kind: "external", located: null, reason: "" } as const;
    const url = `fake://user:secret@127.0.0.1:${port}/2`;
    const request = { runId: "r1", dir: "", settings: {}, url, env: {}, logFile: "", onSpawn: () => {} };
    const broker = await openBroker(recipe(""), external, request);
    expect(broker).toMatchObject({ endpoint: { host: "127.0.0.1", port, url }, version: "hello", pid: null });
    for (const name of ["kill", "stop", "pause", "resume", "start"] as const) {
      await expect(broker[name]()).rejects.toThrow(`target.external has no command to ${name} the broker`);
    }
    server.close();
    await once(server, "close");
    const failing = openBroker(recipe(""), external, request).catch((error: Error) => error.message);
    expect(await failing).toMatch(new RegExp(`^fake at 127.0.0.1:${port} can't be used`));
    expect(await failing).not.toContain("secret");
  });

  it.each([
    ["redis://cache.example", { host: "cache.example", port: 6379 }],
    ["https://sqs.eu-central-1.amazonaws.com", { host: "sqs.eu-central-1.amazonaws.com", port: 443 }],
    ["redis://[::1]:7000", { host: "::1", port: 7000 }],
  ])("knows the address in %s", async (url, expected) => {
    const { endpointOf } = await import("../../../src/hosts/external.js");
    expect(endpointOf(url, { redis: 6379, https: 443 })).toEqual({ ...expected, url });
  });

  it.each(["no url", "fake://host"])("refuses %s", async (url) => {
    const { endpointOf } = await import("../../../src/hosts/external.js");
    expect(() => endpointOf(url)).toThrow("the broker's url");
  });
});

describe("ports", () => {
  it("are free until somebody listens", async () => {
    const port = await freePort();
    expect(await isPortFree(port, 0)).toBe(true);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(await isPortFree(port, 0)).toBe(false);
    server.close();
  });
});
