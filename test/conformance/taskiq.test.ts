import { conformance } from "./suite.js";

const onRedis = { system: "redis", framework: "taskiq", driver: "taskiq", keeps: true } as const;

// A list has no acks: what a worker has taken is gone with it.
await conformance({
  ...onRedis,
  ...{ unsettled: "lost", failed: "dropped" },
  settings: { appendonly: "yes", save: "" },
  outlivesCrash: true,
});
