import { holdInContainers } from "./rows.js";

holdInContainers("truth table in containers: Redis and NATS", [
  "01-redis-list-brpop-worker-crash",
  "05-redis-no-persistence-broker-kill",
  "06-redis-aof-always-broker-kill",
  "26-bullmq-worker-crash",
  "nats-file-broker-kill",
]);
