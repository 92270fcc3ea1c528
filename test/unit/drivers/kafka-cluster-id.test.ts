import { expect, it } from "vitest";
import { clusterId } from "../../../drivers/kafka/java.js";

it("is Kafka's kind of id, the same for every node, and never looks like an option of the format tool", () => {
  const names = Array.from({ length: 1000 }, (_, index) => `cluster ${index}`);
  for (const name of names) expect(clusterId(name)).toMatch(/^[A-Za-z][\w-]{21}$/);
  expect(clusterId("a")).toBe(clusterId("a"));
  expect(new Set(names.map(clusterId)).size).toBe(names.length);
});
