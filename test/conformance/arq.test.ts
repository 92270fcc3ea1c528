import { conformance } from "./suite.js";

const common = { system: "redis", framework: "arq", driver: "arq", keeps: true, unsettled: "redelivered" } as const;
const soon = { pollDelay: "50ms", jobTimeout: "1s", jobCompletionWait: "20s" } as const;

await conformance({
  ...common,
  settings: { appendonly: "yes", save: "" },
  options: soon,
  outlivesCrash: true,
  failed: "dropped",
});
await conformance({
  ...common,
  settings: { save: "" },
  options: { ...soon, jobTimeout: "2s", retryDefer: "100ms" },
  failed: "redelivered",
});
