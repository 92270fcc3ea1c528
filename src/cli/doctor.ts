import type { Command } from "commander";
import { cleanLeftovers, removeAbandonedContainers } from "../engine/leftovers.js";
import { locateContainer } from "../hosts/container/locate.js";
import type { BrokerRecipe, Located, Missing } from "../spi/broker.js";
import type { Driver } from "../spi/driver.js";
import { isFramework } from "../spi/framework.js";
import { ExitCode } from "./exit-codes.js";
import { namedDrivers } from "./named-drivers.js";
import { print, styleOf } from "./terminal.js";

/** A system as `havoq doctor` found it on this machine. */
interface Finding {
  readonly name: string;
  readonly host: string;
  readonly drivers: readonly string[];
  readonly state: Located | Missing;
}

/** Adds `havoq doctor`. */
export function addDoctorCommand(program: Command, exit: (code: ExitCode) => void): void {
  program
    .command("doctor")
    .description("say what this machine has, what is missing, and the command that gets it")
    .argument("[driver...]", "only their systems; a driver of your own by its path or its package")
    .option("--clean", "only remove what killed runs left: processes and folders", false)
    .option("--json", "print as JSON", false)
    .action(async (names: string[], { clean, json }: { clean: boolean; json: boolean }) => {
      // Every command cleans up before it starts; --clean is for doing nothing else, and for saying what is left.
      if (clean) {
        if (!(await cleanAndSay())) exit(ExitCode.environment);
        return;
      }
      const findings = await examine(await namedDrivers("havoq doctor", names), names.length > 0);
      print(json ? `${JSON.stringify(findings, null, 2)}\n` : render(findings));
      if (!findings.some(({ state }) => state.found)) exit(ExitCode.environment);
    });
}

/** Removes what killed runs left and prints what remains; answers whether all that should go is gone. */
async function cleanAndSay(): Promise<boolean> {
  const { problems, leftAlone } = await cleanLeftovers();
  const reason = await removeAbandonedContainers();
  const containers = reason === null ? "" : ` (containers: ${reason})`;
  const what = problems.length === 0 ? `nothing of a killed run is left${containers}` : problems.join("\n");
  print(`${[what, ...leftAlone.map((entry) => `left alone: ${entry}`)].join("\n")}\n`);
  return problems.length === 0;
}

const NO_SERVER: Located = { found: true, what: "needs no server", executable: "" };

/** Where each driver's system is found on this machine; a driver without one is told of where it was named. */
async function examine(drivers: readonly Driver[], named: boolean): Promise<Finding[]> {
  const recipes = new Map<string, { recipe: BrokerRecipe; drivers: string[] }>();
  const alone: Finding[] = [];
  for (const { name, broker } of drivers) {
    if (!broker) {
      if (named) alone.push({ name, host: "-", drivers: [name], state: NO_SERVER });
      continue;
    }
    const known = recipes.get(broker.name) ?? { recipe: broker, drivers: [] };
    known.drivers.push(name);
    recipes.set(broker.name, known);
  }
  const each = [...recipes.values()].flatMap(({ recipe, drivers }) => [
    ...examineProcesses(recipe, drivers),
    ...(recipe.container ? [examineContainer(recipe, drivers)] : []),
  ]);
  return [...alone, ...(await Promise.all([...each, ...examineRuntimes(drivers)]))];
}

/** The frameworks, each once for all of its drivers. */
function examineRuntimes(drivers: readonly Driver[]): Promise<Finding>[] {
  const frameworks = drivers.filter(isFramework);
  const names = [...new Set(frameworks.map(({ runtime }) => runtime.name))];
  return names.map(async (name) => {
    const of = frameworks.filter(({ runtime }) => runtime.name === name);
    const [first] = of;
    const state = await (first?.runtime.locate(first.options.parse({})) ?? Promise.resolve(NO_SERVER));
    return { name, host: "worker", drivers: of.map((each) => each.name), state };
  });
}

const examineProcesses = ({ name, process: own }: BrokerRecipe, drivers: readonly string[]): Promise<Finding>[] =>
  own?.hosts.map(async (host) => ({ name, host, drivers, state: await own.locate(host) })) ?? [];

async function examineContainer(recipe: BrokerRecipe, drivers: readonly string[]): Promise<Finding> {
  const wish = { settings: recipe.settings.parse({}), image: undefined, pull: false };
  return { name: recipe.name, host: "container", drivers, state: await locateContainer(recipe, wish) };
}

function render(findings: readonly Finding[]): string {
  const style = styleOf(process.stdout);
  const lines = findings.map(({ name, host, drivers, state }) => {
    const head = `${name.padEnd(10)} ${host.padEnd(9)}`;
    const used = style.dim(`(${drivers.join(", ")})`);
    if (state.found) return `${style.good("ok     ")} ${head} ${state.what} ${used}`;
    return `${style.warn("missing")} ${head} ${state.reason} ${used}\n        get it with: ${state.hint}`;
  });
  return `node ${process.version} on ${process.platform}-${process.arch}\n${lines.join("\n")}\n`;
}
