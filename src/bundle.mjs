/**
 * Bundles the programs and the library into dist/bin; run by `npm run build`, after the compiler. havoq starts many short
 * processes, and a process that loads a few bundles starts sooner than one that loads hundreds of files. zod is bundled as well: of
 * the packages that every process needs, it is the one that takes longest to load.
 */
import { chmodSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const BUNDLED = ["zod"];
const { dependencies, devDependencies, peerDependencies, optionalDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const packages = { ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies };

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    havoq: "src/cli/main.ts",
    agent: "src/agent/main.ts",
    "pacer-thread": "src/agent/pacer-thread.ts",
    proxy: "src/faults/proxy/main.ts",
    "fauxqs-server": "drivers/sqs/fauxqs-server.ts",
    index: "src/api/index.ts",
    driver: "src/api/driver.ts",
    testing: "src/api/testing.ts",
    result: "src/result-schema.ts",
    worker: "src/api/worker.ts",
  },
  outdir: "dist/bin",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20.19",
  keepNames: true,
  charset: "utf8",
  external: Object.keys(packages).filter((name) => !BUNDLED.includes(name)),
  metafile: true,
});

// Chunks are named by their content: what an earlier build wrote goes when its successor is there.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(root, "dist/bin"))) if (!made.has(name)) rmSync(join(root, "dist/bin", name));
chmodSync(join(root, "dist/bin/havoq.js"), 0o755);
