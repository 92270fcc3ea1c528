import { holdInContainers } from "./rows.js";

holdInContainers("truth table in containers: Redis and NATS", [
  "05-redis-no-persistence-broker-kill",
  "06-redis-aof-always-broker-kill",
  "nats-file-broker-kill",
]);
