import { holdInContainers } from "./rows.js";

holdInContainers("truth table in containers: RabbitMQ, Kafka, PostgreSQL, ElasticMQ", [
  "14-rabbitmq-quorum-broker-kill",
  "16-kafka-broker-kill",
  "20-kafka-retries-answer-cut",
  "35-postgres-transaction-broker-kill",
  "sqs-elasticmq-written-kill",
]);
