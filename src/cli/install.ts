import type { Command } from "commander";
import { driverNames, loadDriver } from "../../drivers/index.js";
import { EnvironmentError } from "../engine/errors.js";
import { install } from "../hosts/cache.js";
import { show } from "../scenario/parsed.js";
import { didYouMean } from "../scenario/suggest.js";
import type { Installation } from "../spi/broker.js";
import { print } from "./terminal.js";
import { usage } from "./usage.js";

/** Adds `havoq install`. */
export function addInstallCommand(program: Command): void {
  program
    .command("install")
    .description("put a broker that no package manager has into havoq's cache")
    .argument("<broker...>", "such as kafka")
    .action(async (names: string[]) => {
      const known = await installations();
      for (const name of names) {
        if (known.has(name)) continue;
        const hint = didYouMean(name, [...known.keys()], "brokers to install");
        throw usage("havoq install", `unknown broker ${show(name)}`, hint);
      }
      for (const name of names) {
        const installation = known.get(name);
        if (!installation) continue;
        print(`${name}: ${installation.what}\n`);
        const say = (line: string) => print(`  ${line}\n`);
        const directory = await install(name, installation, say).catch((error: unknown) => {
          throw new EnvironmentError(
            `${name} could not be installed: ${error instanceof Error ? error.message : String(error)}`,
            "nothing was changed; try again",
            { cause: error },
          );
        });
        print(`  ready in ${directory}\n`);
      }
    });
}

async function installations(): Promise<Map<string, Installation>> {
  const drivers = await Promise.all(driverNames.map((name) => loadDriver(name)));
  return new Map(drivers.flatMap(({ broker }) => Object.entries(broker?.installations ?? {})));
}
