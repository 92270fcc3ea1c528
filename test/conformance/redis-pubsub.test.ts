import { conformance } from "./suite.js";

await conformance({
  system: "redis",
  driver: "redis-pubsub",
  settings: { save: "" },
  keeps: false,
  outlivesCrash: false,
  unsettled: "lost",
  failed: "dropped",
});
