import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].flatMap(
    ([, target = ""]) => (target.startsWith(".") ? [relative(root, resolve(root, dirname(file), target))] : [target]),
  );

/** Files of `folders` that import something which `forbidden` matches. */
const offenders = (folders: readonly string[], forbidden: RegExp): string[] =>
  folders.flatMap(sources).flatMap((file) =>
    importsOf(file)
      .filter((target) => forbidden.test(target))
      .map((target) => `${file} imports ${target}`),
  );

/** The rooms of the house, from the ground up: each may import from itself and from those before it, types included. */
const ROOMS = [
  "ground",
  "src/spi",
  "src/result-schema.ts",
  "src/metrics",
  "src/os",
  "src/secrets",
  "src/input",
  "src/stats",
  "src/faults",
  "src/scenario",
  "src/load",
  "src/record",
  "src/result",
  "src/hosts",
  "drivers",
  "src/agent",
  "src/store",
  "src/compare",
  "src/gate",
  "reports",
  "src/engine",
  "src/rounds",
  "src/testing",
  "src/api",
  "src/cli",
];

/** The files directly in `src` are the ground floor, but for the schema of the result, which stands on the SPI. */
const roomOf = (file: string): string => {
  if (file === "src/result-schema.ts") return file;
  const [top = "", folder = "", ...rest] = file.split("/");
  return top !== "src" ? top : rest.length === 0 ? "ground" : `src/${folder}`;
};

const allSources = ["src", "drivers", "reports"]
  .flatMap(sources)
  .filter((file) => !file.startsWith("reports/html/page"));

describe("import directions", () => {
  it("nobody imports upwards, and every file is in a room", () => {
    const upwards = allSources.flatMap((file) =>
      importsOf(file)
        .filter((target) => /^(src|drivers|reports)\//.test(target))
        .filter((target) => ROOMS.indexOf(roomOf(target)) > ROOMS.indexOf(roomOf(file)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upwards).toEqual([]);
    expect(allSources.filter((file) => !ROOMS.includes(roomOf(file)))).toEqual([]);
  });

  it("the SPI imports nothing of ours but units", () => {
    expect(offenders(["src/spi"], /^(src\/(?!spi|units)|drivers|reports)/)).toEqual([]);
  });

  it("what computes reads no clock, no random source, no file and no network", () => {
    const pure = ["src/metrics", "src/record", "src/load", "src/stats", "src/result", "src/compare", "src/gate"].concat(
      ["reports/terminal", "reports/hdr", "reports/gate", "reports/markdown", "reports/csv"],
    );
    expect(offenders(pure, /^node:(?!zlib)/)).toEqual([]);
    const impure = /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|process\.[a-z]+\b)/;
    const users = pure.flatMap(sources).filter((file) => impure.test(readFileSync(join(root, file), "utf8")));
    expect(users).toEqual([]);
  });

  it("drivers know the SPI and their client library, never the engine", () => {
    expect(offenders(["drivers"], /^src\/(engine|agent|cli|record|faults|result)/)).toEqual([]);
  });

  const filesWith = (folders: readonly string[], what: RegExp) =>
    folders.flatMap(sources).filter((file) => what.test(readFileSync(join(root, file), "utf8")));

  it("durations are measured on the monotonic clock: a wall clock may jump", () => {
    // It compares with a deadline that the emulator took from the wall clock.
    const allowed = ["drivers/sqs/fauxqs-inspect.ts"];
    expect(filesWith(["src", "drivers", "reports", "test/support"], /\bDate\.now\(|\.getTime\(\)/)).toEqual(allowed);
  });

  it("nanoseconds are turned into other units by name", () => {
    const page = (file: string) => file.startsWith("reports/html/page") || file.endsWith(".generated.ts");
    const bare = filesWith(["src", "drivers", "reports"], /\b1e[69]\b/).filter((file) => !page(file));
    expect(bare).toEqual(["src/units.ts"]);
  });

  it("what waits for a time of the user's waits through src/time.ts: a timer of more than 24 days fires at once", () => {
    const timers = /import \{[^}]*\bsetTimeout\b[^}]*\} from "node:timers\/promises"/;
    expect(filesWith(["src"], timers)).toEqual(["src/time.ts"]);
  });

  it("only what loads a scenario and the agent know the list of drivers", () => {
    const knowing = ["src/agent", "src/rounds", "src/api", "src/cli", "drivers"];
    expect(
      offenders(
        ROOMS.filter((room) => room !== "ground" && !room.endsWith(".ts") && !knowing.includes(room)),
        /^drivers\//,
      ),
    ).toEqual([]);
  });

  it("reports read only the result", () => {
    expect(offenders(["reports"], /^src\/(engine|agent|cli|hosts|faults|os|store)/)).toEqual([]);
  });
});
