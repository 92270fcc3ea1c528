import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRegular, readRegular, readWhole, textOf } from "../../../src/scenario/read-file.js";

let folder: string;
let writer: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "havoq-test-"));
});
afterEach(() => {
  writer?.kill();
  writer = null;
  rmSync(folder, { recursive: true });
});

function pipe(): string {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

describe("reading what a user named", () => {
  it("takes a file, and says that it can be read again", () => {
    const file = join(folder, "a");
    writeFileSync(file, "name: a");
    const read = readWhole(file, 100);
    expect(read.ok && { text: read.value.content.toString(), again: read.value.again }).toEqual({
      text: "name: a",
      again: true,
    });
  });

  it("takes what a slow writer puts into a pipe, whole", () => {
    const path = pipe();
    writer = spawn("/bin/sh", ["-c", `exec >"$0"; printf 'name'; sleep 0.2; printf ': a'`, path]);
    const read = readWhole(path, 100);
    expect(read.ok && { text: read.value.content.toString(), again: read.value.again }).toEqual({
      text: "name: a",
      again: false,
    });
  });

  it.each([
    ["a pipe that nobody writes to", pipe, "is a pipe that nobody has written to"],
    ["a device without an end", () => "/dev/zero", "is longer than 1KB"],
    ["a folder", () => folder, "is a folder"],
    ["what is not there", () => join(folder, "none"), "no such file"],
    ["what is below a file", () => "/dev/null/none", "no such file"],
  ])("refuses %s", (_, make, message) => {
    expect(readWhole(make(), 1000)).toMatchObject({ ok: false, message });
  });

  it.each([
    ["a pipe", pipe, "is a pipe or a device"],
    ["a device", () => "/dev/zero", "is a pipe or a device"],
    ["a folder", () => folder, "is a folder"],
  ])("refuses %s where a file is read more than once", (_, make, message) => {
    const file = make();
    expect(checkRegular(file, 1000)).toMatchObject({ ok: false, message });
    expect(readRegular(file, 1000)).toMatchObject({ ok: false, message });
  });

  it("refuses a file of 100 GiB without reading it", () => {
    const file = join(folder, "large");
    execFileSync("truncate", ["-s", "100G", file]);
    expect(checkRegular(file, 2 ** 20)).toMatchObject({ ok: false, message: "is longer than 1MiB" });
  });
});

describe("bytes as text", () => {
  it.each([
    ["UTF-16", Buffer.from("\ufeffname: a", "utf16le"), "is UTF-16; expected UTF-8"],
    ["UTF-16, big-endian", Buffer.from("\ufeffname: a", "utf16le").swap16(), "is UTF-16; expected UTF-8"],
    ["UTF-16 that does not say so", Buffer.from("name: a", "utf16le"), "holds NUL bytes; expected text in UTF-8"],
    ["Latin-1", Buffer.from("name: caf\u00e9", "latin1"), "is not UTF-8"],
  ])("are refused when they are %s", (_, content, message) => {
    expect(textOf(content)).toMatchObject({ ok: false, message });
  });

  it("are taken with a mark at their beginning", () => {
    expect(textOf(Buffer.from("\ufeffname: a"))).toMatchObject({ ok: true });
  });
});
