import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freshPath, slugOf } from "../../../src/store/paths.js";

describe("a fresh path", () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), "havoq-test-"));
    vi.useFakeTimers({ now: new Date("2026-11-26T11:12:25.900Z"), toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(out, { recursive: true });
  });

  it("is there as soon as it is given, so that a command that begins in the same second gets another", () => {
    const folder = join(out, "deep", "er");
    const given = [1, 2, 3].map(() => freshPath(folder, "My: Run"));
    const name = "my-run-20261126-111225";
    expect(given).toEqual([join(folder, name), join(folder, `${name}-2`), join(folder, `${name}-3`)]);
    for (const path of given) expect(statSync(path).isDirectory()).toBe(true);
    // What is measured, and the logs of brokers, are nobody else's business.
    for (const path of [folder, ...given]) expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it("with an extension is a file", () => {
    const given = [1, 2].map(() => freshPath(out, "side-by-side", ".html"));
    expect(given.map((path) => basename(path))).toEqual([
      "side-by-side-20261126-111225.html",
      "side-by-side-20261126-111225-2.html",
    ]);
    for (const path of given) expect(statSync(path).isFile()).toBe(true);
  });

  it("below /proc, where there are no folders, is refused at once", () => {
    expect(() => freshPath("/proc/havoq-runs/a", "run")).toThrow(/havoq-runs\/a can't be written: ENOENT/);
  });

  it("that can't be made is an error that says where else", () => {
    const file = join(out, "file");
    writeFileSync(file, "");
    expect(() => freshPath(file, "run")).toThrow(/file can't be written/);
  });
});

describe("a name as a part of a path", () => {
  it.each([
    ["My: Run", "my-run"],
    ["--a/../b--", "a-b"],
    ["消息队列 测试 1", "消息队列-测试-1"],
    ["Crème brûlée", "crème-brûlée"],
    ["🔥", "run"],
    ["", "run"],
    [`${"a".repeat(59)}-b`, "a".repeat(59)],
  ])("of %s is %s", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it("is no longer than a name of a file may be, with what follows it", () => {
    expect(slugOf("𠮷".repeat(60))).toBe("𠮷".repeat(45));
  });
});
