import { conformance } from "./suite.js";

// A job is off Redis before it runs, and gone with its worker; one that fails waits in a set of Redis, or is dead in another.
const known = {
  system: "redis",
  framework: "sidekiq",
  driver: "sidekiq",
  keeps: true,
  unsettled: "lost",
} as const;

await conformance({ ...known, failed: "redelivered", settings: { save: "" }, options: { pollInterval: "500ms" } });
await conformance({
  ...known,
  failed: "deadLettered",
  outlivesCrash: true,
  settings: { appendonly: "yes", save: "" },
  options: { retries: 0 },
});
