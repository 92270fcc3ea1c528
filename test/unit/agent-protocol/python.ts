import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Folder of the agents of the tests. */
export const AGENTS = fileURLToPath(new URL("../../agents", import.meta.url));
/** Folder of havoq's SDK in Python. */
const SDK = fileURLToPath(new URL("../../../sdk/python", import.meta.url));

/** Runs Python code that can import the sources, and reads what it prints as JSON. */
export function python(code: string): unknown {
  const { stdout, stderr, status } = spawnSync("python3", ["-B", "-c", `import json\n${code}`], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: SDK },
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
