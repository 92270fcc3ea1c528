import type { Session } from "../engine/session.js";
import { type PhaseWindow, planPhases } from "../load/phases.js";
import { formatCount, formatNs } from "../result/format.js";
import type { RunWatcher, Watcher } from "../rounds/watcher.js";
import type { Scenario } from "../scenario/scenario.js";
import { NS_PER_S } from "../units.js";
import { redrawLine, say } from "./terminal.js";

const TERMINAL_INTERVAL_MS = 250;
const LOG_INTERVAL_MS = 5000;

/** Shows how a run goes on standard error: one line redrawn on a terminal, a line every few seconds elsewhere. */
export class Progress implements RunWatcher {
  private readonly live: boolean;
  private timer: NodeJS.Timeout | null = null;
  private drawn = false;

  private readonly phases: readonly PhaseWindow[];

  constructor(
    private readonly scenario: Scenario,
    private readonly quiet: boolean,
  ) {
    this.live = process.stderr.isTTY === true;
    this.phases = planPhases(scenario);
  }

  /** A new stage of the run. */
  readonly stage = (text: string, session: Session | null): void => {
    if (this.quiet) return;
    this.stop();
    if (!session) {
      say(`${this.scenario.name}: ${text}\n`);
      return;
    }
    const draw = () => this.draw(describe(text, session, this.phases));
    this.timer = setInterval(draw, this.live ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  };

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    if (this.drawn) redrawLine("");
    this.drawn = false;
  }

  private draw(line: string): void {
    if (!this.live) {
      say(`${line}\n`);
      return;
    }
    const width = process.stderr.columns ?? 80;
    redrawLine(line.slice(0, width - 1));
    this.drawn = true;
  }
}

/** Tells how a command of many runs goes; quiet, only what went wrong. */
export const terminalWatcher = (quiet: boolean): Watcher => ({
  say: quiet ? () => {} : (text) => say(`${text}\n`),
  warn: (text) => say(`havoq: ${text}\n`),
  watch: (scenario) => new Progress(scenario, quiet),
});

/** One line: phase, time, counts, backlog, latency, what is broken right now. */
function describe(stage: string, session: Session, phases: readonly PhaseWindow[]): string {
  const nowNs = session.now();
  const phase = stage === "drain" ? "drain" : (phases.find(({ endNs }) => nowNs < endNs)?.name ?? "catching up");
  const sum = (pick: (stats: Session["agents"]["slots"][number]["stats"]) => number | undefined) =>
    session.agents.slots.reduce((total, { stats }) => total + (pick(stats) ?? 0), 0);
  const { acked, completed } = session.totals;
  const ready = session.sampler?.depth.ready ?? null;
  const p99s = session.agents.slots.flatMap(({ stats: { endToEndP99Ns } }) => endToEndP99Ns ?? []);
  const open = Math.max(0, acked - completed);
  const parts = [
    `${(Math.max(0, nowNs) / NS_PER_S).toFixed(0)}s/${((phases.at(-1)?.endNs ?? 0) / NS_PER_S).toFixed(0)}s ${phase}`,
    `acked ${formatCount(acked)}`,
    `done ${formatCount(completed)}`,
    `open ${formatCount(open)}`,
    ...(ready === null ? [] : [`backlog ${formatCount(ready)}`]),
    `p99 ${p99s.length === 0 ? "-" : formatNs(Math.max(...p99s))}`,
    ...(sum((stats) => stats.rejected) + sum((stats) => stats.indeterminate) > 0
      ? [`errors ${formatCount(sum((stats) => stats.rejected) + sum((stats) => stats.indeterminate))}`]
      : []),
    ...[...session.activeFaults].map((id) => `[${id}]`),
  ];
  return parts.join("  ");
}
