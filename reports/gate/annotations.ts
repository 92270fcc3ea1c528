import { headline } from "../../src/gate/rows.js";
import type { GateResult } from "../../src/gate/schema.js";
import { visible } from "../../src/result/visible.js";

/** Where a complaint belongs: the scenario, and a line of it. */
export interface AnnotationPlace {
  readonly file: string;
  readonly line: number;
}

const MOST_ANNOTATIONS = 10;

/**
 * Workflow commands of GitHub Actions (`::error file=,line=`) for what failed, and a warning for what could not be told;
 * nothing for a pass. GitHub shows ten of a step.
 */
export function renderAnnotations(gate: GateResult, placeOf: (metric: string | null) => AnnotationPlace): string {
  if (gate.verdict === "pass" || gate.verdict === "improvement") return "";
  const title = `havoq gate: ${gate.verdict}: ${headline(gate)}`;
  const failed = gate.expectations.filter(({ passed }) => !passed).map(({ metric }) => metric);
  const command = gate.verdict === "regression" ? "error" : "warning";
  return gate.reasons
    .slice(0, MOST_ANNOTATIONS)
    .map((reason) => {
      const metric = failed.find((each) => reason.includes(`: ${each} `)) ?? null;
      const { file, line } = placeOf(metric);
      return `::${command} file=${property(file)},line=${line},title=${property(title)}::${data(reason)}\n`;
    })
    .join("");
}

const data = (text: string): string =>
  visible(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
