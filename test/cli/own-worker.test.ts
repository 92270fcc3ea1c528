import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultSchema } from "../../src/result-schema.js";
import { Workplace } from "../support/cli.js";
import { installPacked } from "../support/package.js";
import { describeWith, needs } from "../support/systems.js";

const page = readFileSync(new URL("../../docs/agent-protocol.md", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "havoq-own-worker-"));

/** The blocks of a page in one language, each that begins with the name of its file as that file. */
const blocksOf = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block = ""]) => block);

function writeFiles(): void {
  for (const block of ["python", "yaml", "js"].flatMap(blocksOf)) {
    const name = /^(?:#|\/\/) (\S+\.\w+)\n/.exec(block)?.[1];
    if (name) writeFileSync(join(folder, name), block);
  }
}

/** Runs a line as a shell would, with havoq from its package. */
function run(line: string): Promise<{ readonly code: number; readonly output: string }> {
  const { VITEST: _, NODE_OPTIONS: __, ...env } = process.env;
  const havoq = join(folder, "node_modules/havoq/dist/bin/havoq.js");
  const command = line.replace(/^npx havoq/, `${process.execPath} ${havoq}`);
  return new Promise((resolve) => {
    execFile(
      "/bin/sh",
      ["-c", command],
      { cwd: folder, env: { ...env, TMPDIR: folder, NO_COLOR: "1" } },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, output: `${stdout}${stderr}` });
      },
    );
  });
}

await describeWith(["redis", "python"], "docs/agent-protocol.md, word for word in an empty folder", () => {
  beforeAll(async () => {
    await installPacked(folder);
    writeFiles();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("makes a worker in Python that keeps the rules, and a run that says what a crash loses", async () => {
    const lines = blocksOf("sh").flatMap((block) => block.trim().split("\n"));
    expect(lines).toContain("npx havoq run own.yaml");
    for (const line of lines) {
      const { code, output } = await run(line);
      expect(code, `${line}\n${output}`).toBe(0);
    }
  });

  it("makes the same worker in Node", async () => {
    const { code, output } = await run("npx havoq check-worker -- node worker.mjs");
    expect(code, output).toBe(0);
    const ran = await run(`npx havoq run own.yaml --out node --set 'workers.command=["node", "worker.mjs"]'`);
    expect(ran.code, ran.output).toBe(0);
    const [name = ""] = readdirSync(join(folder, "node"));
    const result = resultSchema.parse(JSON.parse(readFileSync(join(folder, "node", name, "result.json"), "utf8")));
    expect(result.workers.completed).toBeGreaterThan(500);
  });
});

describe("a worker that tells in JSON events", () => {
  const worker = fileURLToPath(new URL("../agents/json_worker.py", import.meta.url));

  needs(
    ["redis", "python"],
    "is counted as one that writes its own records: a crash loses what it had in hand",
    async () => {
      using place = new Workplace();
      const ended = await place.run(["run", place.file("json.yaml", scenario(worker)), "--out", place.out, "--quiet"]);
      expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
      const { delivery, workers, latency, run: ran } = place.result();
      expect(ran.notes).toEqual([]);
      expect(delivery.ok + delivery.lost).toBe(delivery.acked);
      expect(workers.completed).toBe(delivery.ok);
      expect(latency.handle.whole.count).toBe(delivery.ok);
      expect(place.leftovers()).toEqual([]);
    },
  );
});

const scenario = (worker: string): string => `name: json-events
target: { driver: redis-list, options: { consume: brpop } }
load: { rate: 60/s, payload: 128B }
workers: { command: [python3, ${worker}], processes: 2, concurrency: 1, handle: 20ms }
phases: { warmup: 0s, baseline: 1s, chaos: 2s, drain: 5s }
faults: [{ at: chaos+500ms, kill: worker, which: all }]
expect: { lost: "<= 2", duplicates: 0, backlog: 0, phantom: 0, corrupt: 0 }
`;
