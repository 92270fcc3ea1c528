import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Folder of havoq's SDK in Ruby. */
const SDK = fileURLToPath(new URL("../../../sdk/ruby/lib", import.meta.url));

/** Runs Ruby code that has the SDK and `given`, and reads what it prints as JSON. */
export function ruby(code: string, given: unknown = null): unknown {
  const program = `require "havoq"; require "json"\ngiven = JSON.parse($stdin.read)\n${code}`;
  const { stdout, stderr, status } = spawnSync("ruby", ["-W", "-I", SDK, "-e", program], {
    encoding: "utf8",
    input: JSON.stringify(given),
  });
  if (status !== 0) throw new Error(`ruby ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
