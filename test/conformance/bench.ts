export { Bench, payloads, textsOf } from "../../src/testing/bench.js";
export { startBroker } from "../../src/testing/broker.js";
