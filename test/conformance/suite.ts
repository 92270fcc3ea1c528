import { loadDriver } from "../../drivers/index.js";
import type { Conformance } from "../../src/testing/spec.js";
import { cases, titleOf } from "../../src/testing/suite.js";
import { describeWith, type SystemName } from "../support/systems.js";
import { REFUSING } from "./refusals.js";

/** What is known of one of havoq's own drivers, by its name, on a system that a machine may not have. */
interface Known extends Omit<Conformance, "driver" | "refuses"> {
  readonly system: SystemName;
  readonly driver: string;
  /** The framework that the workers are, where they are one's. */
  readonly framework?: SystemName;
}

/** The promises of the SPI, checked on the real system. */
export async function conformance({ system, driver: name, framework, ...known }: Known): Promise<void> {
  const driver = await loadDriver(name);
  const refuses = REFUSING[system] ?? (() => Promise.reject(new Error(`nobody knows how ${system} refuses a setup`)));
  // What a server refuses is the same wherever it runs.
  const spec = { ...known, driver, ...(known.host !== "container" && { refuses }) };
  await describeWith(framework === undefined ? system : [system, framework], titleOf(spec), () => cases(spec));
}
