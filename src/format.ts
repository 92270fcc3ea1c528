/** How sizes and numbers are written for people, wherever they are read. */

/** Three significant digits: "412", "24.1", "3.14". */
export function significant(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** A size: "24.1 MiB". */
export function formatBytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  return `${significant(size / 1024 ** power)} ${units[power]}`;
}
