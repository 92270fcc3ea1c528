import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { processesMarked, startTicksOf } from "../../src/os/processes.js";
import { HAVOQ, Workplace } from "../support/cli.js";

const ROOT = userInfo().uid === 0;
const SCENARIO = `name: small
target: { driver: memory }
load: { rate: 50/s }
phases: { warmup: 0s, baseline: 500ms }
`;
const RUN = "20260101-000000-abcdef";
/** Makes a run's scratch folder and one process of the run, says so, and goes on. */
const HOLDER = `import { spawn } from "node:child_process";
import { Scratch } from ${JSON.stringify(new URL("../../dist/src/engine/scratch.js", import.meta.url).href)};
const scratch = Scratch.create("${RUN}", "/nowhere");
const child = spawn("sleep", ["300"], { env: { ...process.env, ...scratch.env }, cwd: scratch.directory, stdio: "ignore" });
scratch.register(child.pid);
console.log("ready");
setInterval(() => {}, 1000);
`;

/** A folder for scratch roots that everybody may write into, as /tmp is, and where the root of this user will be. */
function openFolder(place: Workplace): { tmp: string; root: string } {
  const tmp = join(place.directory, "tmp");
  mkdirSync(tmp);
  chmodSync(tmp, 0o1777);
  return { tmp, root: join(tmp, `havoq-${userInfo().uid}`) };
}

function asNobody(command: string, ...args: string[]): void {
  execFileSync("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sh", "-ec", command, "sh", ...args]);
}

/** Processes of the test, which havoq has no business with. */
const children: ChildProcess[] = [];
function victim(): { pid: number; startTicks: number } {
  const child = spawn("sleep", ["300"], { stdio: "ignore" });
  children.push(child);
  const pid = child.pid ?? 0;
  return { pid, startTicks: startTicksOf(pid) ?? 0 };
}
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** As an attacker would write it, for any version of havoq: a run that is over, and a process that it started. */
function plant(directory: string, runId: string, process: { pid: number; startTicks: number }): void {
  mkdirSync(directory);
  const place = {
    host: execFileSync("hostname", { encoding: "utf8" }).trim(),
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    pidNamespace: execFileSync("readlink", ["/proc/self/ns/pid"], { encoding: "utf8" }).trim(),
  };
  writeFileSync(
    join(directory, "owner.json"),
    JSON.stringify({ ...place, runId, runDirectory: "/x", pid: 1, startTicks: 1e12 }),
  );
  writeFileSync(join(directory, "processes.ndjson"), `{"pid":\n${JSON.stringify({ ...place, ...process })}\n`);
}

describe("a scratch root that somebody else made", () => {
  it("is not believed: no process is killed, nothing removed, a run is refused", async ({ skip }) => {
    if (!ROOT) skip("only root can act as another user");
    using place = new Workplace();
    const { tmp, root } = openFolder(place);
    const target = victim();
    plant(join(tmp, "prepared"), "r1", target);
    asNobody('umask 022; mkdir "$2"; cp -r "$1" "$2/r1"', join(tmp, "prepared"), root);
    const drivers = await place.run(["drivers"], { TMPDIR: tmp });
    expect(drivers.code).toBe(0);
    expect(drivers.stderr).toContain(`${root} can't be trusted: it belongs to another user`);
    expect(startTicksOf(target.pid)).toBe(target.startTicks);
    expect(existsSync(join(root, "r1", "owner.json"))).toBe(true);
    const run = await place.run(["run", place.file("a.yaml", SCENARIO), "--out", place.out], { TMPDIR: tmp });
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/can't be trusted: it belongs to another user.*\n {2}hint: remove it, or set TMPDIR/);
    expect(readdirSync(root)).toEqual(["r1"]);
    const clean = await place.run(["doctor", "--clean"], { TMPDIR: tmp });
    expect(clean.code).toBe(3);
    expect(clean.stdout).toContain("it was not searched");
  });

  it("is not followed where it is a link: the folder behind it keeps all it has", async ({ skip }) => {
    if (!ROOT) skip("only root can act as another user");
    using place = new Workplace();
    const { tmp, root } = openFolder(place);
    const home = join(place.directory, "home");
    mkdirSync(join(home, "letters"), { recursive: true });
    writeFileSync(join(home, "letters", "a.txt"), "dear");
    utimesSync(join(home, "letters"), 1e9, 1e9);
    asNobody('ln -s "$1" "$2"', home, root);
    const { code, stderr } = await place.run(["drivers"], { TMPDIR: tmp });
    expect(code).toBe(0);
    expect(stderr).toContain(`${root} can't be trusted: it is a link`);
    expect(readFileSync(join(home, "letters", "a.txt"), "utf8")).toBe("dear");
    expect(readdirSync(home)).toEqual(["letters"]);
  });
});

describe("a scratch root of one's own", () => {
  it("is private, and refused once others may write into it", async () => {
    using place = new Workplace();
    const { tmp, root } = openFolder(place);
    const run = ["run", place.file("a.yaml", SCENARIO), "--out", place.out];
    expect((await place.run(run, { TMPDIR: tmp })).code).toBe(0);
    // Nobody lists it or writes into it; a server that a root havoq runs as another user passes through.
    expect((statSync(root).mode & 0o777).toString(8)).toBe(ROOT ? "711" : "700");
    expect(readdirSync(root)).toEqual([]);
    chmodSync(root, 0o777);
    const refused = await place.run(run, { TMPDIR: tmp });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("others may read it or write into it (its mode is 777");
  });

  it("may hold what havoq did not make: it is left alone, and said by doctor --clean", async () => {
    using place = new Workplace();
    const { tmp, root } = openFolder(place);
    mkdirSync(root, { mode: 0o700 });
    const target = victim();
    // Over, but it names a process that bears no mark of it.
    plant(join(root, "over"), "over", target);
    plant(join(root, "renamed"), "another", target);
    const outside = join(place.directory, "linked");
    plant(outside, "linked", target);
    symlinkSync(outside, join(root, "linked"));
    mkdirSync(join(root, "no-owner"));
    mkdirSync(join(root, "broken"));
    writeFileSync(join(root, "broken", "owner.json"), "{");
    mkdirSync(join(root, "pipe"));
    execFileSync("mkfifo", [join(root, "pipe", "owner.json")]);
    writeFileSync(join(root, "a-file"), "");
    for (const name of ["no-owner", "broken", "renamed"]) utimesSync(join(root, name), 1e9, 1e9);
    symlinkSync(outside, join(root, "over", "link"));
    const { code, stdout } = await place.run(["doctor", "--clean"], { TMPDIR: tmp });
    expect(code).toBe(0);
    expect(startTicksOf(target.pid)).toBe(target.startTicks);
    expect(readdirSync(root)).toEqual(["a-file", "broken", "linked", "no-owner", "pipe", "renamed"]);
    expect(readdirSync(outside)).toEqual(["owner.json", "processes.ndjson"]);
    expect(stdout.match(/^left alone: /gm)).toHaveLength(6);
    expect(stdout).toContain("renamed: its owner.json names another run");
  });
});

describe("a run in another PID namespace", () => {
  const UNSHARE = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

  /** Starts a holder, inside a namespace of its own or not. */
  async function hold(place: Workplace, tmp: string, prefix: readonly string[]): Promise<void> {
    const [file = "", ...args] = [...prefix, process.execPath, place.file("holder.mjs", HOLDER)];
    const child = spawn(file, args, { env: { ...process.env, TMPDIR: tmp }, stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
  }

  it.for([
    ["is not taken for dead from inside one", [], UNSHARE],
    ["is not taken for dead from outside of its own", UNSHARE, []],
  ] as const)("%s: its folder and its processes stay", async ([, holder, cleaner], { skip }) => {
    if (!ROOT) skip("only root makes PID namespaces");
    using place = new Workplace();
    const { tmp, root } = openFolder(place);
    await hold(place, tmp, holder);
    const [file = "", ...args] = [...cleaner, process.execPath, HAVOQ, "doctor", "--clean"];
    const env = { ...process.env, TMPDIR: tmp };
    const said = execFileSync(file, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const left = processesMarked(root, `HAVOQ_RUN=${RUN}`);
    for (const pid of left) process.kill(pid, "SIGKILL");
    expect(readdirSync(root)).toEqual([RUN]);
    expect(left).toHaveLength(1);
    expect(said).toContain(`${RUN}: its havoq ran in another PID namespace`);
  });
});
