/** What a driver of one's own is made of: `import { defineDriver } from "havoq/driver"`. */
export { type DurationBounds, durationOf, durationText } from "../../drivers/shared/duration.js";
export { HandlerPool } from "../../drivers/shared/handler-pool.js";
export * from "../spi/index.js";
export { type Bytes, bytes, type Milliseconds, ms } from "../units.js";
