import { describe, expect } from "vitest";
import { needs } from "../support/systems.js";
import { holds } from "../truth/holds.js";

/** Rows of the truth table on Docker, in which the broker or the path to it breaks: the scenario of the local host, and so the same verdict, from a broker in a container. */
export function holdInContainers(title: string, rows: readonly string[]): void {
  describe(title, () => {
    for (const row of rows) {
      needs("docker", row, async () => {
        const { target } = await holds(row, ["target.host=container"]);
        expect(target.host).toBe("container");
        expect(target.image).toMatch(/^havoq\/\w+:local@sha256:[0-9a-f]{64}$/);
      });
    }
  });
}
