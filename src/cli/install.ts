import type { Command } from "commander";
import { driverNames, loadDriver } from "../../drivers/index.js";
import { EnvironmentError } from "../errors.js";
import { discardUnfinished, install } from "../hosts/cache.js";
import { show } from "../input/parsed.js";
import { didYouMean } from "../input/suggest.js";
import { InterruptedError, whileGoingOn } from "../interruption.js";
import { descendantsOf, killAllAndWait } from "../os/processes.js";
import type { Installation } from "../spi/broker.js";
import { isFramework } from "../spi/framework.js";
import { onInterrupt } from "./interrupt.js";
import { print } from "./terminal.js";
import { usage } from "./usage.js";

/** Adds `havoq install`. */
export function addInstallCommand(program: Command): void {
  program
    .command("install")
    .description("put a broker or a worker framework into havoq's cache")
    .argument("<name...>", "such as kafka or celery")
    .action(async (names: string[]) => {
      const known = await installations();
      for (const name of names) {
        if (known.has(name)) continue;
        const hint = didYouMean(name, [...known.keys()], "what can be installed");
        throw usage("havoq install", `nothing to install is called ${show(name)}`, hint);
      }
      for (const name of names) {
        const installation = known.get(name);
        if (!installation) continue;
        print(`${name}: ${installation.what}\n`);
        print(`  ready in ${await installOne(name, installation)}\n`);
      }
    });
}

/** Installs a broker; Ctrl-C ends what works on it and leaves nothing of it. Answers with its directory. */
async function installOne(name: string, installation: Installation): Promise<string> {
  const abort = new AbortController();
  const release = onInterrupt(abort, "ending the installation");
  try {
    return await whileGoingOn(
      install(name, installation, (line) => print(`  ${line}\n`)),
      abort.signal,
    );
  } catch (error) {
    if (abort.signal.aborted) {
      await killAllAndWait(descendantsOf(process.pid));
      discardUnfinished(name);
      throw new InterruptedError(`interrupted: ${name} was not installed`);
    }
    const text = error instanceof Error ? error.message : String(error);
    throw new EnvironmentError(`${name} could not be installed: ${text}`, "nothing was changed; try again", {
      cause: error,
    });
  } finally {
    release();
  }
}

async function installations(): Promise<Map<string, Installation>> {
  const drivers = await Promise.all(driverNames.map((name) => loadDriver(name)));
  return new Map(
    drivers.flatMap((driver) => [
      ...Object.entries(driver.broker?.process?.installations ?? {}),
      ...(isFramework(driver) && driver.runtime.installation
        ? [[driver.runtime.name, driver.runtime.installation] as const]
        : []),
    ]),
  );
}
