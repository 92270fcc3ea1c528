import { expect } from "vitest";
import { explained } from "../engine/setup-error.js";
import { EnvironmentError } from "../errors.js";
import type { Endpoint } from "../spi/broker.js";
import type { Driver } from "../spi/driver.js";
import { within } from "../time.js";
import { newRunId } from "./bench.js";
import { type Conformance, withoutBroker } from "./spec.js";
import type { System } from "./system.js";
import { testCase } from "./test-case.js";

/** Far below what a client that tries again and again would take. */
const AT_ONCE_MS = 8000;

/** What is told of a server that refuses a run its setup. */
export function refuses(system: System, spec: Conformance): void {
  const whyNot = withoutBroker(spec) ?? (spec.refuses ? null : "no way to make the server refuse is given");
  testCase("a server that refuses the setup is quoted, with a hint, at once", whyNot, async () => {
    await using refusing = await spec.refuses?.(system.broker);
    if (!refusing) throw new Error("nothing refuses");
    const options = { ...spec.options, ...refusing.options };
    const ended = setUp(spec.driver, refusing.endpoint, options).then(
      () => null,
      (error: unknown) => error,
    );
    expect(await within(AT_ONCE_MS, ended), "whether it is told at once").toBe(true);
    const error = await ended;
    expect(error).toBeInstanceOf(EnvironmentError);
    const { message, hint } = error as EnvironmentError;
    expect(message).toMatch(
      new RegExp(`refuses to be set up for the run: .*${refusing.words.source.replace("^", "")}`),
    );
    expect(hint).toMatch(refusing.hint);
  });
}

/** Sets a run up as the engine does, and takes it down again; rejects as the engine would end the command. */
export async function setUp(driver: Driver, endpoint: Endpoint, given: unknown): Promise<void> {
  const options = driver.options.parse(given);
  const clients = await driver.clients(options);
  const context = { runId: newRunId(), endpoint, options, onClientError: () => {} };
  const admin = await explained(driver.broker, endpoint, clients.admin(context));
  try {
    await explained(driver.broker, endpoint, admin.setup());
  } finally {
    await admin.teardown().catch(() => {});
    await admin.close();
  }
}
