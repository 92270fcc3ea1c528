import { tickTime } from "../format.js";
import type { ChartData, HeatmapData } from "../payload.js";
import { secondsText, written } from "./values.js";

/** Fills the table behind a chart when it is first opened: thousands of rows that few will look at. */
export function fillWhenOpened(id: string, rows: () => readonly (readonly string[])[]): void {
  const details = document.querySelector<HTMLDetailsElement>(`details[data-chart="${id}"]`);
  const place = details?.querySelector(".scroll");
  details?.addEventListener("toggle", () => {
    if (!place || place.childElementCount > 0) return;
    const [head = [], ...body] = rows();
    place.append(table(head, body));
  });
}

function table(head: readonly string[], body: readonly (readonly string[])[]): HTMLTableElement {
  const element = document.createElement("table");
  const headRow = element.createTHead().insertRow();
  for (const text of head) headRow.append(cell("th", text, "col"));
  const rows = element.createTBody();
  for (const [first = "", ...rest] of body) {
    rows.insertRow().append(cell("th", first, "row"), ...rest.map((text) => cell("td", text)));
  }
  return element;
}

function cell(tag: "th" | "td", text: string, scope?: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = "n";
  if (scope !== undefined) element.setAttribute("scope", scope);
  return element;
}

/** A chart's values, a row for each moment. */
export function chartRows({ kind, atS, sliceS, lines }: ChartData): string[][] {
  const head = [sliceS === null ? "At" : "From", ...lines.map(({ label }) => label)];
  return [
    head,
    ...atS.map((at, i) => [secondsText(at, sliceS ?? 0.1), ...lines.map(({ values }) => written(kind, values[i]))]),
  ];
}

/** A heatmap's counts by power of ten, a row for each column with messages in it. */
export function heatmapRows({ columnS, bucketsNs, cells }: HeatmapData): string[][] {
  const decade = (bucket: number) => Math.floor(Math.log10(Math.max(1, bucketsNs[bucket] ?? 1)) + 1e-9);
  const used = cells.filter((_, i) => i % 3 === 1).map(decade);
  const low = used.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = used.reduce((a, b) => Math.max(a, b), 0);
  const rows = new Map<number, number[]>();
  for (let i = 0; i < cells.length; i += 3) {
    const [column = 0, bucket = 0, messages = 0] = cells.slice(i, i + 3);
    const row = rows.get(column) ?? Array.from({ length: high - low + 1 }, () => 0);
    const place = decade(bucket) - low;
    row[place] = (row[place] ?? 0) + messages;
    rows.set(column, row);
  }
  const range = (power: number) => `from ${tickTime(10 ** power)}`;
  const head = ["From", ...Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => range(low + i))];
  const body = [...rows].map(([column, counts]) => [
    secondsText(column * columnS, columnS),
    ...counts.map((messages) => messages.toLocaleString("en-US")),
  ]);
  return [head, ...body];
}
