import { afterEach, describe, expect, it, vi } from "vitest";
import { renderAnnotations } from "../../../reports/gate/annotations.js";
import { print, redrawLine, say, styleOf } from "../../../src/cli/terminal.js";
import { visible, withoutCommands } from "../../../src/result/visible.js";
import { sampleGate } from "../../support/sample-gate.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What a stream was given while `act` ran. */
function written(stream: NodeJS.WriteStream, act: () => void): string {
  let text = "";
  const spy = vi.spyOn(stream, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  act();
  spy.mockRestore();
  return text;
}

describe("a text of anyone's", () => {
  it("is shown by its codes where it would do something to a terminal", () => {
    expect(visible("a\u001b[31m\0\u0007\u009b1m\u202eb\u2066\u200f\ufeff\rc")).toBe(
      "a\\u001b[31m\\u0000\\u0007\\u009b1m\\u202eb\\u2066\\u200f\\ufeff\\u000dc",
    );
    expect(visible("tabs\tand lines\r\nstay; so do umlauts äöü, 漢字 and 🐇\n")).toBe(
      "tabs\tand lines\nstay; so do umlauts äöü, 漢字 and 🐇\n",
    );
  });

  it("is no command of GitHub Actions, at the beginning of a line or inside of it", () => {
    expect(withoutCommands("::error::a\n \t::set-env::b ::c\n##[group]d")).toBe(
      "\\u003a:error::a\n \t\\u003a:set-env::b ::c\n##\\u005bgroup]d",
    );
  });

  it("stays what it says inside of JSON", () => {
    const data = { text: "a\u202eb\u007f ##[x] \u001b", list: ["::c"] };
    for (const indent of [0, 2]) expect(JSON.parse(withoutCommands(JSON.stringify(data, null, indent)))).toEqual(data);
  });
});

describe("what is printed", () => {
  it("has our own colours and nobody else's", () => {
    vi.stubEnv("FORCE_COLOR", "1");
    const style = styleOf(process.stdout);
    const text = `${style.good("PASS")} ${style.dim("a \u001b[2J")} ${style.bold("\u001b[41m")}\n`;
    expect(written(process.stdout, () => print(text))).toBe(
      "\u001b[32mPASS\u001b[39m \u001b[2ma \\u001b[2J\u001b[22m \u001b[1m\\u001b[41m\u001b[22m\n",
    );
  });

  it("to the person at the terminal is cleaned in the same way", () => {
    expect(written(process.stderr, () => say("a \u001b]0;owned\u0007\n"))).toBe("a \\u001b]0;owned\\u0007\n");
    expect(written(process.stderr, () => redrawLine("b \u001b[1A"))).toBe("\r\u001b[Kb \\u001b[1A");
  });

  it("for GitHub is one command a reason, whatever the reason says", () => {
    const gate = {
      ...sampleGate(),
      verdict: "regression" as const,
      reasons: ["a \u001b[31m\n::set-env name=X::y\u202e"],
    };
    const text = renderAnnotations(gate, () => ({ file: "a\u001b.yaml", line: 1 }));
    expect(text.match(/^::/gm)).toHaveLength(1);
    expect(text).toContain("file=a\\u001b.yaml,line=1,");
    expect(text).toMatch(/::a \\u001b\[31m%0A::set-env name=X::y\\u202e\n$/);
  });
});
