/** count: messages; ns: nanoseconds; perSecond: messages per second; share: 0 to 1. */
export type MetricUnit = "count" | "ns" | "perSecond" | "share";

/** Units of which a ratio means something. */
export type RatioUnit = Extract<MetricUnit, "ns" | "perSecond">;

/** Whether values of a unit are compared by their ratio. */
export const hasRatio = (unit: MetricUnit): unit is RatioUnit => unit === "ns" || unit === "perSecond";
