import { describe, expect, it } from "vitest";
import { driverNames, loadDriver } from "../../../drivers/index.js";
import { formatProblems } from "../../../src/input/problems.js";
import { checkDriver } from "../../../src/rounds/load-scenario.js";
import { parseScenario } from "../../../src/scenario/parse.js";

/** What is told of a url for a driver; empty for a good one. */
async function problemsOf(driver: string, url: string, overlays: readonly string[] = []): Promise<string> {
  const text = `name: n\ntarget: { driver: ${driver}, host: external, url: ${JSON.stringify(url)} }\nload: { rate: 1/s }\n`;
  const parsed = parseScenario(text, "a.yaml", overlays);
  if (!parsed.ok) return formatProblems(parsed.problems);
  const checked = await checkDriver("a.yaml", parsed.scenario, parsed.locate);
  return "problems" in checked ? formatProblems(checked.problems) : "";
}

const SECRET = "hunter2";

describe("the url of a broker that others run", () => {
  it.each([
    ["redis-list", "redis://127.0.0.1"],
    ["redis-list", "rediss://user:p%23w@[::1]:7000/15"],
    ["redis-list", "redis://:p@ss:word@cache/"],
    ["bullmq", "redis://h:1/0"],
    ["rabbitmq", "amqp://h"],
    ["rabbitmq", "amqps://u:p@h:5671/%2Ford%40ers"],
    ["kafka", "kafka://[::1]:9092"],
    ["kafka", "kafka+ssl://u:p@h"],
    ["nats-jetstream", "nats://token@[::1]:4399"],
    ["postgres", "postgres://u:p@h/db?sslmode=require"],
    ["postgres", "postgresql://h"],
    ["sqs", "https://sqs.eu-central-1.amazonaws.com/"],
  ])("may be, of %s, %s", async (driver, url) => {
    expect(await problemsOf(driver, url)).toBe("");
  });

  it.each([
    ["redis-list", `amqp://u:${SECRET}@h`, "expected a url that begins with redis:// or rediss://"],
    ["rabbitmq", `redis://u:${SECRET}@h`, "expected a url that begins with amqp:// or amqps://"],
    ["redis-list", `u:${SECRET}@h:6379`, "expected a url that begins with redis://"],
    ["kafka", `${SECRET}`, "expected a url that begins with kafka://"],
    ["redis-list", `redis://:${SECRET}#1@h`, 'a "/", "?" or "#" of the url stands before an "@"'],
    ["redis-list", `redis://u:12#${SECRET}@h`, 'a "/", "?" or "#" of the url stands before an "@"'],
    ["rabbitmq", `amqp://u:${SECRET}/1@h`, 'a "/", "?" or "#" of the url stands before an "@"'],
    ["postgres", `postgres://u:${SECRET}?1@h/db`, 'a "/", "?" or "#" of the url stands before an "@"'],
    ["redis-list", `redis://${SECRET}:1/0#x`, 'there is a "#" in the url'],
    ["redis-list", `redis://u:${SECRET}%@h`, 'a "%" of the url encodes nothing'],
    ["redis-list", `redis://u:${SECRET}%ff@h`, 'a "%" of the url encodes nothing'],
    ["redis-list", `redis://u: ${SECRET}@h`, "there are blanks or backslashes in the url"],
    ["redis-list", `redis://u:${SECRET}@h:port`, "the url can't be read"],
    ["redis-list", `redis://u:${SECRET}@h:0`, "the url names port 0"],
    ["redis-list", `redis://u:${SECRET}@h/abc`, "behind the address in the url, expected the number of a database"],
    ["bull", `redis://u:${SECRET}@h/1/2`, "behind the address in the url, expected the number of a database"],
    ["redis-list", `redis://h/1?password=${SECRET}`, 'what follows the "?" in the url would not be used'],
    ["rabbitmq", `amqp://u:${SECRET}@h/`, "behind the address in the url, expected the name of a virtual host"],
    ["rabbitmq", `amqp://u:${SECRET}@h//`, "behind the address in the url, expected the name of a virtual host"],
    ["rabbitmq", `amqp://u:${SECRET}@h/a/b`, "behind the address in the url, expected the name of a virtual host"],
    ["nats-jetstream", `nats://${SECRET}@h/a`, "what follows the address in the url would not be used"],
    ["postgres", `postgres://u:${SECRET}@h/db?sslroot=a`, 'what follows the "?" in the url would not be used'],
    ["sqs", `https://u:${SECRET}@h`, "user and password in the url would not be used"],
  ])("is refused, of %s, as %s, and nothing of it is shown", async (driver, url, message) => {
    const told = await problemsOf(driver, url);
    expect(told).toMatch(/^a\.yaml:2:\d+: target\.url: [^\n]+\n {2}hint: [^\n]+$/);
    expect(told).toContain(message);
    expect(told).not.toContain(SECRET);
  });

  it("has the hint to percent-encode where a character of a password cuts it", async () => {
    expect(await problemsOf("redis-list", "redis://:a#b@h")).toContain("percent-encode");
  });

  it.each([
    "target.url=",
    "target.url=redis://u:p#",
    "target={ driver: redis-list, host: external, url: redis://u:p#",
    "target=redis://u:",
  ])("is not shown either where it comes with --set: %s", async (overlay) => {
    const told = await problemsOf("redis-list", "redis://h", [`${overlay}${SECRET}@h://`]);
    expect(told).toMatch(/^--set target[^\n]*: /);
    expect(told).not.toContain(SECRET);
  });

  it("has its rules in every driver that has a broker", async () => {
    for (const name of driverNames) {
      const { broker } = await loadDriver(name);
      if (broker) expect(broker.server.url, name).toBeDefined();
    }
  });
});
