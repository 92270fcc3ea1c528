import type { Command } from "commander";
import * as z from "zod";
import type { Driver } from "../spi/driver.js";
import { namedDrivers } from "./named-drivers.js";
import { print } from "./terminal.js";

/** Adds `havoq drivers`. */
export function addDriversCommand(program: Command): void {
  program
    .command("drivers")
    .description("list the drivers: what each can do, and its options")
    .argument("[name...]", "only these; a driver of your own by its path or its package")
    .option("--json", "print as JSON", false)
    .action(async (names: string[], { json }: { json: boolean }) => {
      const drivers = await namedDrivers("havoq drivers", names);
      if (json) print(`${JSON.stringify(drivers.map(describe), null, 2)}\n`);
      else print(drivers.map(render).join("\n"));
    });
}

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

function describe(driver: Driver) {
  const properties = (schema: z.ZodType) =>
    (z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }).properties ?? {}) as Record<string, Property>;
  const { can, honours } = driver.traits({
    options: driver.options.parse({}),
    settings: driver.broker?.settings.parse({}),
    host: "auto",
  });
  return {
    name: driver.name,
    summary: driver.summary,
    hosts: driver.broker ? [...(driver.broker.process?.hosts ?? []), "external"] : ["in-process"],
    capabilities: { ...can, deadLetters: can.inspects.includes("deadLettered") },
    honours: honours ?? {},
    options: properties(driver.options),
    broker: driver.broker ? properties(driver.broker.settings) : {},
  };
}

function render(driver: Driver): string {
  const { name, summary, hosts, capabilities, honours, options, broker } = describe(driver);
  const can = [
    capabilities.processes && "worker and producer crashes",
    capabilities.network && "network faults",
    capabilities.retries && "retries of failed handlers",
    capabilities.deadLetters && "dead letters",
  ].filter((text) => text !== false);
  return `${[
    name,
    `  ${summary}`,
    `  hosts: ${hosts.join(", ")}`,
    `  can: ${can.length === 0 ? "nothing to break" : can.join(", ")}`,
    `  inspects: ${capabilities.inspects.length === 0 ? "nothing" : capabilities.inspects.join(", ")}`,
    ...(honours.keys === undefined ? [] : [`  keys: ${honours.keys === true ? "yes" : honours.keys}`]),
    ...(honours.priorities === undefined ? [] : [`  priorities: ${renderPriorities(honours.priorities)}`]),
    ...renderProperties("target.options", options),
    ...renderProperties("target.broker", broker),
  ].join("\n")}\n`;
}

const renderPriorities = (highest: number | string): string =>
  typeof highest === "string" ? highest : `0 to ${highest}`;

function renderProperties(title: string, properties: Record<string, Property>): string[] {
  return Object.entries(properties).map(([key, property]) => {
    const values = property.enum ? ` (${property.enum.join(" | ")})` : "";
    const fallback = property.default === undefined ? "" : `, default ${JSON.stringify(property.default)}`;
    return `  ${title}.${key}${values}${fallback}: ${property.description ?? ""}`;
  });
}
