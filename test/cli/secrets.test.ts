// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to environment variables are meant.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../../src/hosts/ports.js";
import { descendantsOf } from "../../src/os/processes.js";
import { type Ended, HAVOQ, Workplace } from "../support/cli.js";
import { eventually } from "../support/eventually.js";
import { describeWith } from "../support/systems.js";

/** Part of every secret of these tests: nothing that havoq leaves or prints may hold it. */
const CANARY = "CANARY";
const PASSWORD = `${CANARY}/pw#1@`;
const ENCODED = encodeURIComponent(PASSWORD);
const AGENT = fileURLToPath(new URL("../../dist/bin/agent.js", import.meta.url));

let port = 0;
let server: ChildProcess;
const place = new Workplace();

beforeAll(async () => {
  port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, "--save", ""];
  server = spawn("redis-server", args, { cwd: place.directory, stdio: "ignore" });
  await eventually(async () => {
    const socket = connect(port, "127.0.0.1");
    const answered = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    return answered;
  }, Boolean);
});

afterAll(async () => {
  const gone = once(server, "exit");
  server.kill("SIGKILL");
  await gone;
  place[Symbol.dispose]();
});

const url = (password = ENCODED): string => `redis://:${password}@127.0.0.1:${port}`;
const LOAD = "load: { rate: 50/s, payload: 64B }\nphases: { warmup: 0s, baseline: 1s, drain: 2s }\n";

/** Every file below a folder, by its path, as far as it holds the canary. */
const tainted = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, "latin1").includes(CANARY));

const said = ({ stdout, stderr }: Ended): string => `${stdout}\n${stderr}`;

/** Runs a command, and holds what it prints, writes and shows to `ps` against the canary. */
async function clean(out: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { child, ended } = place.start([...args, "--out", out], env);
  const shown: string[] = [];
  const look = setInterval(() => {
    if (child.pid === undefined) return;
    for (const pid of descendantsOf(child.pid)) shown.push(argumentsOf(pid));
    // Node itself takes the words before havoq runs.
    const own = argumentsOf(child.pid);
    if (!own.includes(HAVOQ)) shown.push(own);
  }, 20);
  const result = await ended;
  clearInterval(look);
  expect(said(result)).not.toContain(CANARY);
  expect(shown.filter((words) => words.includes(CANARY) && !isUsersOwn(words))).toEqual([]);
  return result;
}

/** Hooks and a worker's command are the user's own, and a shell shows its words. */
const isUsersOwn = (words: string): boolean => words.startsWith("/bin/sh -c") || words.startsWith("sh -c");

function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

await describeWith("redis", "secrets of a scenario", () => {
  it.concurrent("stay out of all that a run leaves, and out of the terminal and ps: address, hook, worker, --set", async () => {
    const file = place.file(
      "run.yaml",
      `name: run
target:
  driver: redis-list
  host: external
  url: redis://127.0.0.1:1
  external: { kill: "echo token ${CANARY}-HOOK-77 was refused >&2; exit 1", start: "true" }
workers: { command: [sh, -c, 'echo "worker ${CANARY}-WORKER-5 of ${url()}" >&2; exec node "$0"', "${AGENT}"] }
${LOAD}faults: [{ at: baseline+300ms, kill: broker, for: 100ms }]
`,
    );
    const out = join(place.directory, "run");
    const ended = await clean(out, ["run", file, "--set", `target.url=${url()}`]);
    expect(ended.stderr).toContain("run: starting agents");
    const [name = ""] = readdirSync(out);
    expect(tainted(out)).toEqual([]);
    // What is written down is there all the same, but for the secrets.
    const scenario = readFileSync(join(out, name, "scenario.json"), "utf8");
    expect(scenario).toContain(`redis://:***@127.0.0.1:${port}`);
    expect(readFileSync(join(out, name, "events.ndjson"), "utf8")).toContain(`--set target.url=redis://:***@127.0.0.1`);
    expect(readFileSync(join(out, name, "logs", "worker-0.log"), "utf8")).toMatch(
      /^worker \*\*\* of redis:\/\/:\*\*\*@/,
    );
    expect(said(ended)).toContain("target.external.kill failed: token *** was refused");
    rmSync(join(out, name, "result.json"));
    rmSync(join(out, name, "report.html"));
    const again = await place.run(["report", join(out, name)]);
    expect(again.stdout).toContain("sent 50");
    expect(said(again)).not.toContain(CANARY);
    expect(tainted(out)).toEqual([]);
  });

  it.concurrent("stay out of what is said of a password that the server refuses, and of an address that can't be read", async () => {
    const file = place.file(
      "wrong.yaml",
      `name: wrong\ntarget: { driver: redis-list, host: external, url: u }\n${LOAD}`,
    );
    const out = join(place.directory, "wrong");
    const wrong = encodeURIComponent(`${CANARY}:no`);
    const refused = await clean(out, ["run", file, "--set", `target.url=${url(wrong)}`]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/WRONGPASS/);
    for (const raw of [`${CANARY}#raw`, `${CANARY}/raw`, `${CANARY}@raw`]) {
      await clean(out, ["run", file, "--set", `target.url=${url(raw)}`, "--set", "load.rate=fast"]);
    }
    const gone = url().replace(String(port), "1");
    const absent = await clean(out, ["run", file, `--set=target.url=${gone}`]);
    expect(absent.code).toBe(3);
    expect(tainted(out)).toEqual([]);
  });

  it.concurrent("come from the environment, and are written down by the variable's name; in comparisons and catalogues too", async () => {
    const file = place.file(
      "two.yaml",
      `name: two
targets: [theirs, { name: mine, driver: redis-list, host: external, url: "redis://:\${${CANARY.toLowerCase()}_pw}@127.0.0.1:${port}" }]
${LOAD}`,
    );
    const catalogue = place.file(
      "theirs.yaml",
      `targets:
  theirs: { driver: redis-streams, host: external, url: "\${REDIS_ADDRESS}" }
  unused: { driver: redis-streams, host: external, url: "\${NOT_SET}" }
`,
    );
    const out = join(place.directory, "compare");
    const env = { canary_pw: ENCODED, REDIS_ADDRESS: url().replace("127.0.0.1", "localhost") };
    const ended = await clean(out, ["compare", file, "--catalogue", catalogue, "--runs", "1"], env);
    expect(ended.code, ended.stderr).toBe(0);
    expect(tainted(out)).toEqual([]);
    const texts = readdirSync(out, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith("scenario.json"))
      .map((name) => readFileSync(join(out, name), "utf8"));
    expect(texts.join("")).toContain(`"redis://:\${canary_pw}@127.0.0.1:${port}"`);
    expect(texts.join("")).toContain('"${REDIS_ADDRESS}"');
    const unset = await place.run(["compare", file, "--catalogue", catalogue, "--targets", "theirs,unused"], env);
    expect(unset.code).toBe(2);
    expect(unset.stderr).toMatch(/theirs\.yaml:3:\d+: target\.url: the environment variable NOT_SET is not set/);
  });

  it.concurrent("stay out of what a gate leaves, and of its file of earlier jobs", async () => {
    const file = place.file("gate.yaml", `name: gate\ntarget: { driver: redis-list, host: external, url: u }\n${LOAD}`);
    const out = join(place.directory, "gate");
    const jobs = join(out, "jobs.ndjson");
    const set = ["--set", `target.url=${url()}`, "--slices", "1", "--slice", "500ms", "--ramp", "0s"];
    const recorded = await clean(out, ["gate", "record", file, "--baseline-file", jobs, ...set]);
    expect(recorded.code, recorded.stderr).toBe(0);
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: join(out, "summary.md") };
    const junit = ["--junit", join(out, "junit.xml")];
    const judged = await clean(out, ["gate", file, "--baseline-file", jobs, ...set, ...junit], env);
    expect(judged.code, said(judged)).toBe(4);
    expect(tainted(out)).toEqual([]);
    expect(readFileSync(join(out, "summary.md"), "utf8")).toMatch(/target\.url=redis:.*\\\*\\\*\\\*/);
  });
});
