/** What a benchmark reports, and how it is printed. */

/**
 * A figure held against a limit.
 * @typedef {{ what: string, measured: number, is: "<=" | ">=" | "=", limit: number, pass: boolean }} Check
 */
/**
 * What one benchmark found: rows of figures (the unit is in the name), checks, and remarks for a person.
 * @typedef {{ rows: Record<string, string | number>[], checks: Check[], notes?: string[] }} Findings
 */
/** @typedef {Findings & { name: string, question: string }} BenchResult */

/**
 * A figure that must not exceed a limit.
 * @param {string} what
 * @param {number} measured
 * @param {number} limit
 * @returns {Check}
 */
export const atMost = (what, measured, limit) => ({ what, measured, is: "<=", limit, pass: measured <= limit });

/**
 * A figure that must not fall short of a limit.
 * @param {string} what
 * @param {number} measured
 * @param {number} limit
 * @returns {Check}
 */
export const atLeast = (what, measured, limit) => ({ what, measured, is: ">=", limit, pass: measured >= limit });

/**
 * A count that must be exact.
 * @param {string} what
 * @param {number} measured
 * @param {number} limit
 * @returns {Check}
 */
export const equal = (what, measured, limit) => ({ what, measured, is: "=", limit, pass: measured === limit });

/**
 * Runs one benchmark and prints its table; tells the process that forked it, if one did. The exit code is 1 when a
 * check fails.
 * @param {string} name
 * @param {string} question
 * @param {() => Promise<Findings>} run
 */
export async function benchmark(name, question, run) {
  console.log(`${name}: ${question}`);
  const result = { name, question, ...(await run()) };
  console.log(`${render(result)}\n`);
  process.send?.(result);
  if (result.checks.some((check) => !check.pass)) process.exitCode = 1;
}

/**
 * @param {BenchResult} result
 * @returns {string}
 */
function render({ rows, checks, notes = [] }) {
  const verdicts = checks.map(
    ({ what, measured, is, limit, pass }) =>
      `  ${pass ? "pass" : "FAIL"}  ${what}: ${show(measured)} (${is} ${show(limit)})`,
  );
  return [...table(rows), ...verdicts, ...notes.map((note) => `  note  ${note}`)].join("\n");
}

/**
 * @param {Record<string, string | number>[]} rows
 * @returns {string[]}
 */
function table(rows) {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => show(row[column] ?? "")))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) => `  ${line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  ")}`);
}

/**
 * @param {string | number} value
 * @returns {string}
 */
function show(value) {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? value.toLocaleString("en") : value.toPrecision(4);
}
