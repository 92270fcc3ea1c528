/** `HAVOQ_BENCH_SCALE` shortens (or lengthens) every benchmark; 1 is what the design's numbers are stated for. */
export const scale = readScale();

function readScale() {
  const value = Number(process.env["HAVOQ_BENCH_SCALE"] ?? 1);
  if (!(value > 0)) throw new Error("HAVOQ_BENCH_SCALE: expected a number above 0, such as 0.1");
  return value;
}

/** Nothing is warm, and no percentile means much, in less. */
const SHORTEST_SECONDS = 0.5;

/**
 * Seconds of a measurement.
 * @param {number} seconds
 */
export const scaledSeconds = (seconds) => Math.max(SHORTEST_SECONDS, seconds * scale);

/**
 * A count of messages.
 * @param {number} count
 */
export const scaledCount = (count) => Math.round(count * scale);
