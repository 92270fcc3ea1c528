import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatProblems, type Locate } from "../../../src/input/problems.js";
import { parseScenario } from "../../../src/scenario/parse.js";
import { problemsFromZod } from "../../../src/scenario/zod-problems.js";

const TEXT = `# a comment
name: n
target:
  driver: redis
  options:
    prefetch: 0
    mod: push
    nested: { deep: [1, x] }
load: { rate: 1/s }
phases: { chaos: 5s }
faults:
  - id: crash
    at: chaos
    kill: worker
`;

function locating(text: string, overlays: readonly string[] = []): Locate {
  const result = parseScenario(text, "f.yaml", overlays);
  if (!result.ok) throw new Error(formatProblems(result.problems));
  return result.locate;
}

describe("locate", () => {
  it.each([
    [["target", "driver"], 4, 11],
    [["target", "options", "nested", "deep", 1], 8, 25],
    [["faults", 0], 12, 5],
    [["faults", 0, "kill"], 14, 11],
    [[], 2, 1],
    // What isn't there: the key of the nearest map around it.
    [["target", "url"], 3, 1],
    [["target", "options", "missing", "deeper"], 5, 3],
    [["workers", "restart"], 2, 1],
  ])("finds the value of %j", (path, line, column) => {
    expect(locating(TEXT)(path)).toEqual({ file: "f.yaml", line, column });
  });

  it("finds a key", () => {
    expect(locating(TEXT)(["target", "options", "mod"], "key")).toMatchObject({ line: 7, column: 5 });
  });

  it("follows an alias to where the value stands", () => {
    const locate = locating("name: n\ntarget: { driver: d, options: &o { a: 1 }, broker: *o }\nload: { rate: 1/s }\n");
    expect(locate(["target", "broker"])).toMatchObject({ line: 2, column: 52 });
    expect(locate(["target", "broker", "a"])).toMatchObject({ line: 2, column: 39 });
  });

  it("points at the overlay for what an overlay set", () => {
    const locate = locating(TEXT, ["target.options={ prefetch: 3 }"]);
    expect(locate(["target", "options", "prefetch"])).toEqual({
      file: "--set target.options={ prefetch: 3 }",
      line: 0,
      column: 0,
    });
    expect(locate(["target", "driver"])).toMatchObject({ file: "f.yaml", line: 4 });
  });
});

describe("problemsFromZod", () => {
  const schema = z.strictObject({
    prefetch: z.int().min(1).max(100),
    mode: z.enum(["push", "pull"]),
    nested: z.object({ deep: z.array(z.number()) }),
    tls: z.boolean().optional(),
    own: z.string().refine((text) => text === "a", { message: "has to be a", params: { hint: "try a" } }),
  });

  it("tells what is wrong with a driver's options at their places in the file", () => {
    const options = { prefetch: 0, mod: "push", nested: { deep: [1, "x"] }, tls: "yes", own: "b" };
    const { error } = schema.safeParse(options);
    const context = { schema, value: options };
    const problems = error ? problemsFromZod(error, ["target", "options"], locating(TEXT), context) : [];
    expect(formatProblems(problems)).toBe(
      `f.yaml:5:3: target.options.mode: missing; expected "push" or "pull"
f.yaml:5:3: target.options.tls: expected true or false, got "yes"
f.yaml:5:3: target.options.own: has to be a
  hint: try a
f.yaml:6:15: target.options.prefetch: expected at least 1, got 0
f.yaml:7:5: target.options.mod: unknown key
  hint: did you mean "mode"?
f.yaml:8:25: target.options.nested.deep.1: expected a number, got "x"`,
    );
  });

  it("keeps a message of the schema's own", () => {
    const own = z.object({ size: z.number({ error: "how many messages at a time" }) });
    const { error } = own.safeParse({ size: "x" });
    const [problem] = error ? problemsFromZod(error, [], locating(TEXT)) : [];
    expect(problem).toMatchObject({ path: "size", message: "how many messages at a time" });
  });
});

describe("formatProblems", () => {
  it("keeps the files apart, and puts overlays last", () => {
    const problem = (file: string, line: number) => ({ file, line, column: line && 1, path: "p", message: "m" });
    const problems = [problem("--set p=1", 0), problem("b", 2), problem("a", 1), problem("b", 1)];
    expect(formatProblems(problems)).toBe("b:1:1: p: m\nb:2:1: p: m\na:1:1: p: m\n--set p=1: m");
  });
});
