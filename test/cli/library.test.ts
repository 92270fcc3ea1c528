import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultSchema } from "../../src/result-schema.js";
import { installPacked, programs } from "../support/package.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "havoq-library-"));
beforeAll(() => installPacked(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const blocksOf = (page: string, language: string): string[] =>
  [
    ...readFileSync(join(root, "docs", page), "utf8").matchAll(
      new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"),
    ),
  ].map(([, block = ""]) => block);

/** Runs a program of `node_modules` in a folder, as the documentation has it. */
function npx(line: string, cwd: string): Promise<{ readonly code: number; readonly output: string }> {
  const [, name = "", ...args] = line.split(/\s+/);
  const program = name === "havoq" ? join(folder, "node_modules/havoq/dist/bin/havoq.js") : (programs[name] ?? name);
  const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { cwd, env: { ...env, TMPDIR: folder, NO_COLOR: "1" } },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, output: `${stdout}${stderr}` });
      },
    );
  });
}

describe("havoq as a library, from the package as it is published", () => {
  it("runs the tests of docs/library.md as a user would", async () => {
    writeFileSync(join(folder, "orders.test.ts"), blocksOf("library.md", "ts").join("\n"));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
    const typed = await npx("npx tsc -p .", folder);
    expect(typed, typed.output).toMatchObject({ code: 0 });
    const ran = await npx("npx vitest run --root .", folder);
    expect(ran, ran.output).toMatchObject({ code: 0 });
  });

  it("says what speaks against a claim, and what is no scenario", async () => {
    writeFileSync(join(folder, "claims.test.ts"), CLAIMS);
    const ran = await npx("npx vitest run --root . claims", folder);
    expect(ran, ran.output).toMatchObject({ code: 0 });
  });
});

describe("a driver in a package of its own", () => {
  const own = join(folder, "havoq-directory-queue");

  it("is built, shown and run as docs/driver.md says, word for word", async () => {
    cpSync(join(root, "test/fixtures/third-party-driver"), own, { recursive: true });
    const written = ["src/index.ts", "test/conformance.test.ts"].map((file) => readFileSync(join(own, file), "utf8"));
    expect(blocksOf("driver.md", "ts")).toEqual(written);
    symlinkSync(own, join(folder, "node_modules/havoq-directory-queue"));
    writeFileSync(join(own, "directory.yaml"), blocksOf("driver.md", "yaml")[0] ?? "");
    const said: string[] = [];
    for (const line of blocksOf("driver.md", "sh").join("").trim().split("\n")) {
      const { code, output } = await npx(line, own);
      expect(code, `${line}\n${output}`).toBe(0);
      said.push(output);
    }
    expect(said.join("\n")).toContain("directory-queue\n  a folder of files");
    // What has to do with a broker is left out.
    expect(said.join("\n")).toMatch(/Tests +8 passed \| 6 skipped \(14\)/);
  });

  it("has a typed suite, which says what it leaves out, and why", async () => {
    const typed = await npx(`npx tsc --noEmit ${TYPED} test/conformance.test.ts`, own);
    expect(typed, typed.output).toMatchObject({ code: 0 });
    const { output } = await npx("npx vitest run conformance --reporter=verbose", own);
    expect(output).toContain("goes on consuming when the broker is back (left out: directory-queue has no broker)");
  });

  it("fails the suite when it settles before it handles, or promises what it does not keep", async () => {
    writeFileSync(join(own, "test/broken.test.ts"), BROKEN);
    const { code, output } = await npx("npx vitest run broken", own);
    expect(code).toBe(1);
    for (const said of [
      "hasty {} > deliveries whose consumer went away are stuck\nAssertionError: what the consumer held is in flight",
      "hasty {} > a message whose handler fails is redelivered\nError: not within 5000 ms",
      "directory-queue {} > deliveries whose consumer went away are redelivered\nError: not within 5000 ms",
    ]) {
      expect(output).toContain(said);
    }
    expect(output).toMatch(/Tests +3 failed \| 13 passed \| 12 skipped \(28\)/);
  });

  it("is measured as any other is: what a killed worker held is stuck, and all else handled", async () => {
    const ended = await npx("npx havoq run directory.yaml --json --set target.driver=./dist/index.js", own);
    const { delivery, target, verdict } = resultSchema.parse(
      JSON.parse(ended.output.split("\n").find((line) => line.startsWith("{")) ?? ""),
    );
    expect(target).toMatchObject({ driver: "directory-queue", durability: expect.stringContaining("not synced") });
    expect(delivery.acked).toBeGreaterThan(200);
    expect(delivery.ok + delivery.stuck).toBe(delivery.acked);
    expect(verdict).toBe("pass");
  });

  it("shows up in doctor, and is refused with a reason where it is none", async () => {
    const { code, output } = await npx("npx havoq doctor havoq-directory-queue", own);
    expect(output).toMatch(/ok +directory-queue +- +needs no server/);
    expect(code).toBe(0);
    writeFileSync(join(own, "none.mjs"), "export default {};\n");
    writeFileSync(join(own, "old.mjs"), 'export default { [Symbol.for("havoq.driver.spi")]: 0 };\n');
    for (const [name, reason] of [
      ["./none.mjs", "exports no driver"],
      ["./old.mjs", "was written for version 0"],
      ["./absent.js", "no such file"],
      ["no-such-package", 'unknown driver "no-such-package"'],
    ]) {
      const ended = await npx(`npx havoq validate directory.yaml --set target.driver=${name}`, own);
      expect(ended.output).toContain(reason);
      expect(ended.code).toBe(2);
    }
  });
});

const TSCONFIG = {
  compilerOptions: { module: "NodeNext", strict: true, noEmit: true, skipLibCheck: true, types: ["node"] },
  include: ["orders.test.ts"],
};

const TYPED = "--strict --skipLibCheck --module nodenext --target es2023 --types node";

const BROKEN = `import { conformance } from "havoq/testing";
import directoryQueue from "../src/index.js";

const hasty = {
  ...directoryQueue,
  name: "hasty",
  async clients(options) {
    const { consumer, ...others } = await directoryQueue.clients(options);
    const settlesFirst = (deliver) => async (delivery) => {
      await delivery.settle("completed");
      await deliver({ ...delivery, settle: async () => {} });
    };
    return { ...others, consumer: (context, deliver) => consumer(context, settlesFirst(deliver)) };
  },
};
conformance({ driver: hasty, keeps: true, unsettled: "stuck", failed: "redelivered" });
conformance({ driver: directoryQueue, keeps: true, unsettled: "redelivered", failed: "redelivered" });
`;

const CLAIMS = `import { compare, gate, parseScenario, resultSchema, run, ScenarioError } from "havoq";
import "havoq/testing";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";

const least = { name: "n", target: { driver: "memory" }, load: { rate: "100/s" }, phases: { warmup: "0s", baseline: "1s", drain: "0s" } };

it("fails with what was seen", async () => {
  const result = await run({ ...least, expect: { acked: 1 } }, { set: ["load.rate=200/s"] });
  resultSchema.parse(result);
  expect(() => expect(result).toPass()).toThrow(/n: verdict fail; acked is 200, expected == 1/);
  const lost = { ...result, delivery: { ...result.delivery, lost: 3 } };
  expect(() => expect(lost).toLoseNothing()).toThrow(/of 200 acked messages 3 lost/);
  const unproven = { ...result, evidence: [{ claim: "faults", held: false, carries: "everything", why: "none came" }] };
  expect(() => expect(unproven).toLoseNothing()).toThrow(/not proven: faults: none came/);
  expect(() => expect(unproven).not.toLoseNothing()).toThrow(/not proven: faults: none came/);
}, 60_000);

it("refuses what is no scenario, with all that is wrong", async () => {
  const wrong = run({ ...least, load: { rate: "many" }, workers: { handle: "long" } });
  await expect(wrong).rejects.toThrow(ScenarioError);
  await expect(wrong).rejects.toThrow(/load\\.rate[\\s\\S]*workers\\.handle/);
  await expect(compare(least, { reference: "other" })).rejects.toThrow(ScenarioError);
  await expect(gate(least, { metric: ["none"] })).rejects.toThrow(ScenarioError);
  await expect(parseScenario("name: n")).rejects.toThrow(ScenarioError);
});

it("rejects where it is ended before there is anything to tell, and leaves nothing", async () => {
  const signal = AbortSignal.abort();
  for (const call of [run, compare, gate]) await expect(call(least, { signal })).rejects.toThrow(/nothing/);
  expect(readdirSync(tmpdir()).filter((name) => /^havoq-(run|compare|gate)-/.test(name))).toEqual([]);
});
`;
