import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Ended, Workplace } from "../support/cli.js";

/** In YAML: a command of GitHub's, a cleared screen, C1, bidi, NUL, and one that may stand anywhere in a line. */
const HOSTILE = String.raw`say\n::error title=owned::x \e[2J\x9b41m \u202Etxet\u2066 \0 ##[add-path]/tmp`;
const LOAD = "load: { rate: 100/s, payload: 64B }\nphases: { warmup: 0s, baseline: 300ms, drain: 2s }\n";
const ENV = { FORCE_COLOR: "1" };

/** Holds both streams of a command against everything that does something in place of being read. */
function harmless({ stdout, stderr }: Ended): void {
  for (const text of [stdout, stderr]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours.
    const plain = text.replaceAll(/\u001b\[(?:1|2|22|31|32|33|39)m/g, "");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    expect(plain).not.toMatch(/[\0-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    expect(plain).not.toMatch(/^\s*::(?!warning file=[^:]*,title=)|##\[/m);
  }
}

describe("hostile texts", () => {
  it.concurrent("of a scenario are read and do nothing: run, report, compare, gate", async () => {
    using place = new Workplace();
    const text = `name: hostile\nquestion: "${HOSTILE}"\ntarget: { driver: memory }\nexpect: { lost: 0 }\n${LOAD}`;
    const file = place.file("a.yaml", text);
    const ran = await place.run(["run", file, "--out", place.out], ENV);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain("\u001b[32mPASS\u001b[39m");
    expect(ran.stdout).toContain("\\u003a:error title=owned::x \\u001b[2J\\u009b41m \\u202etxet\\u2066");
    harmless(ran);
    harmless(await place.run(["report", place.runDirectories()[0] ?? ""], ENV));
    const two = place.file(
      "two.yaml",
      text
        .replace("target: {", `targets: [{ name: a, driver: memory }, { name: b,`)
        .replace("memory }\n", "memory }]\n"),
    );
    for (const form of ["--quiet", "--markdown", "--json"]) {
      const compared = await place.run(["compare", two, "--runs", "1", form, "--out", place.out], ENV);
      expect(compared.code, compared.stderr).toBe(0);
      harmless(compared);
    }
    const summary = join(place.directory, "summary.md");
    const ci = { ...ENV, GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const short = ["--baseline-file", "none.ndjson", "--slices", "1", "--slice", "300ms", "--ramp", "0s"];
    const judged = await place.run(["gate", file, ...short, "--set", "expect={}", "--out", place.out], ci);
    expect(judged.stdout).toMatch(/^::warning file=/m);
    harmless(judged);
    expect(readFileSync(summary, "utf8")).not.toContain("\u001b");
  });

  it.concurrent("of a mistake, of the command line and of a broker are read and do nothing", async () => {
    using place = new Workplace();
    const file = place.file("a.yaml", `name: n\ntarget: { driver: "${HOSTILE}" }\n"${HOSTILE}": 1\n${LOAD}`);
    const refused = await place.run(["validate", file, "--set", "load.rate=\u001b[2J\n::error::x"], ENV);
    expect(refused.code).toBe(2);
    harmless(refused);
    harmless(await place.run(["run", file, "--\u001b[2J"], ENV));
    const server = createServer((socket) => {
      socket.on("data", () => socket.write("-ERR \u001b]0;owned\u0007 ::error::x \u202e\r\n"));
      socket.on("error", () => {});
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const external = `{ driver: redis-list, host: external, url: "redis://127.0.0.1:${port}" }`;
    const broker = place.file("b.yaml", `name: n\ntarget: ${external}\n${LOAD}`);
    const ended = await place.run(["run", broker, "--out", place.out], ENV);
    server.close();
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain("ERR \\u001b]0;owned\\u0007");
    harmless(ended);
  });
});
