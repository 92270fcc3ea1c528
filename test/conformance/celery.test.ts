import { conformance } from "./suite.js";

const onRedis = { system: "redis", framework: "celery", driver: "celery-redis", keeps: true } as const;
const onRabbit = {
  system: "rabbitmq",
  framework: "celery",
  driver: "celery-rabbitmq",
  keeps: true,
  countsInFlight: false,
  queueOutlivesAfterMs: 3000,
  outlivesCrash: true,
} as const;

// Acked before they run, and tried once: what was taken ahead stays in `unacked` or goes back to the queue.
const early = { unsettled: "lost", failed: "dropped" } as const;
const late = { unsettled: "redelivered", failed: "redelivered" } as const;
const retries = { retries: 2, retryDelay: "100ms" } as const;

await conformance({ ...onRedis, ...early, settings: { appendonly: "yes", save: "" }, outlivesCrash: true });
await conformance({
  ...{ ...onRedis, ...late },
  settings: { save: "" },
  options: { ...retries, acksLate: true, visibilityTimeout: "200ms", priorities: true, prefetchMultiplier: 1 },
});
await conformance({ ...onRabbit, ...early, options: { confirmPublish: true } });
await conformance({ ...onRabbit, ...late, options: { ...retries, acksLate: true, confirmPublish: true } });
