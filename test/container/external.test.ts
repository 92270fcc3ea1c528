import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { freePort } from "../../src/hosts/ports.js";
import { Workplace } from "../support/cli.js";
import { needs } from "../support/systems.js";
import { composeCommand, docker } from "./docker.js";

const COMPOSE_FILE = fileURLToPath(new URL("../../docker/compose.yaml", import.meta.url));

/** Redis as `docker/compose.yaml` starts it, on a port of the test's own. */
class Composed implements Disposable {
  private constructor(private readonly env: NodeJS.ProcessEnv) {}

  static up(port: number): Composed {
    const composed = new Composed({ ...process.env, HAVOQ_REDIS_PORT: String(port) });
    composed.compose("up", "-d");
    return composed;
  }

  [Symbol.dispose](): void {
    this.compose("down", "--volumes");
  }

  private compose(...args: string[]): void {
    const [file, ...first] = composeCommand() ?? ["docker"];
    const all = [...first, "-f", COMPOSE_FILE, "--profile", "redis", ...args];
    const { status, stderr } = spawnSync(file, all, { env: this.env, encoding: "utf8" });
    if (status !== 0) throw new Error(`${file} ${all.join(" ")}: ${stderr}`);
  }
}

describe("a broker that others run", () => {
  needs(
    "docker",
    "is started by docker/compose.yaml, and killed and started by the scenario's own commands",
    async () => {
      const port = await freePort();
      using place = new Workplace();
      using _ = Composed.up(port);
      const file = place.file(
        "external.yaml",
        `name: external
target:
  driver: redis-streams
  host: external
  url: redis://127.0.0.1:${port}
  options: { claim: xautoclaim, claimIdle: 1s }
  external: { kill: docker kill havoq-redis, start: docker start havoq-redis }
load: { rate: 100/s }
workers: { processes: 2, handle: 20ms }
phases: { warmup: 0s, baseline: 2s, chaos: 8s }
faults:
  - { id: kill, at: chaos, kill: broker, for: 1s }
  - { id: crash, at: chaos+3s, kill: worker }
  - { id: far, at: chaos+4s, network: all, latency: 20ms, for: 2s }
expect: { lost: 0, stuck: 0, phantom: 0, corrupt: 0 }
`,
      );
      const { code, stdout, stderr } = await place.run(["run", file, "--out", place.out]);
      expect(code, `${stdout}${stderr}`).toBe(0);
      const { faults, target } = place.result();
      expect(target.host).toBe("external");
      expect(faults[0]?.resilience?.unavailableNs).toBeGreaterThan(800e6);
      expect(faults.map(({ error, healedNs }) => error === null && healedNs !== null)).toEqual([true, true, true]);
      expect(docker("ps", "--format", "{{.Names}} {{.Status}}", "--filter", "name=havoq-redis")).toEqual([
        expect.stringMatching(/^havoq-redis Up/),
      ]);
    },
  );
});
