import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Workplace } from "../support/cli.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
].filter((name) => name.endsWith(".md"));
/** Run as a whole, in a package of its own, by library.test.ts and own-worker.test.ts. */
const IN_A_PACKAGE = ["docs/driver.md", "docs/agent-protocol.md"];

/** The lines of a page's `sh` blocks. */
const commandsOf = (page: string): string[] =>
  [...readFileSync(join(root, page), "utf8").matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
  );

/** What CI itself runs, what test/container runs, and scenarios that need minutes: known, and run elsewhere. */
const RUN_ELSEWHERE =
  /^(npm ci( && npm run quickstart)?|npm test|npm run (test:unit|lint|bench|quickstart)( && npm run typecheck)?|npx havoq run |(eval "\$\()?docker\/build\.sh|docker (run|compose) )/;

describe("every command in the documentation", () => {
  for (const page of pages) {
    if (IN_A_PACKAGE.includes(page)) continue;
    const commands = commandsOf(page).filter((command) => !RUN_ELSEWHERE.test(command));
    if (commands.length === 0) continue;
    it(`of ${page} runs`, async () => {
      using place = new Workplace();
      symlinkSync(join(root, "scenarios"), join(place.directory, "scenarios"));
      for (const command of commands) {
        expect(command, "a command this test can run").toMatch(/^npx havoq /);
        const ended = await place.run(command.split(/\s+/).slice(2));
        expect(ended.code, `${command}\n${ended.stderr}`).toBe(0);
      }
    });
  }

  it("names only scenario files and pages that exist", () => {
    const missing = pages.flatMap((page) =>
      [...readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].flatMap(([, target = ""]) => {
        try {
          readFileSync(join(root, page, "..", target));
          return [];
        } catch (error) {
          return error instanceof Error && "code" in error && error.code === "EISDIR" ? [] : [`${page}: ${target}`];
        }
      }),
    );
    expect(missing).toEqual([]);
  });

  it("shows scenarios that are valid", async () => {
    using place = new Workplace();
    const shown = pages.filter((page) => !IN_A_PACKAGE.includes(page));
    const blocks = shown.flatMap((page) =>
      [...readFileSync(join(root, page), "utf8").matchAll(/```yaml\n(name:[\s\S]*?)```/g)].map(([, text = ""]) => text),
    );
    expect(blocks.length).toBeGreaterThan(0);
    const files = blocks.map((text, i) => place.file(`doc-${i}.yaml`, text));
    const ended = await place.run(["validate", ...files]);
    expect(ended.code, ended.stderr).toBe(0);
  });

  it("has scenario files that are valid, all of them", async () => {
    using place = new Workplace();
    const files = readdirSync(join(root, "scenarios"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => join(root, "scenarios", name));
    const ended = await place.run(["validate", ...files]);
    expect(ended.code, ended.stderr).toBe(0);
  });
});
