/** What a driver, a fault or a reporter has to be: interfaces only. */
export * from "./broker.js";
export * from "./driver.js";
export * from "./fault.js";
export * from "./framework.js";
