import type { RunResult } from "../../../src/result-schema.js";
import { count, NOTHING, share, size, time } from "../format.js";
import { type Html, html } from "../html.js";
import { type RunView, section } from "../run-view.js";

/** Everything needed to run it again, and to know what the figures hold for. */
export function provenanceSection(view: RunView): Html {
  const { result } = view;
  const rows = [...runRows(result), ...targetRows(result), ...machineRows(result), ...healthRows(result)];
  return section(
    view,
    "provenance",
    "Provenance",
    `Run ${result.run.id} began ${result.run.startedAt} with seed ${result.run.seed}.`,
    html`<div class="scroll" tabindex="0" role="region" aria-label="Provenance, table"><table class="provenance"><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="text">${value}</td></tr>`)}</tbody></table></div>
<details><summary>Scenario as resolved (JSON; times in ms)</summary><pre tabindex="0">${JSON.stringify(result.scenario, null, 2)}</pre></details>`,
  );
}

type Row = readonly [name: string, value: string | Html];

function runRows({ run, environment, phases }: RunResult): Row[] {
  return [
    ["Command", html`<code>${environment.command}</code>`],
    ["Run id", run.id],
    ["Seed", String(run.seed)],
    ["Duration", time(run.durationNs)],
    ["Phases", phases.map(({ name, startNs, endNs }) => `${name} ${time(endNs - startNs)}`).join(", ")],
    ["havoq", environment.havoqVersion],
    ["Node.js", environment.nodeVersion],
  ];
}

function targetRows({ target, ackLevels, workers }: RunResult): Row[] {
  const levels = Object.entries(ackLevels)
    .filter(([, messages]) => messages > 0)
    .map(([level, messages]) => `${count(messages)} ${level}`);
  return [
    ["Target", `${target.driver} on ${target.host}`],
    ...(target.framework === undefined ? [] : [["Framework", target.framework] as const]),
    ["Broker", target.brokerVersion ?? "version unknown"],
    ...(target.image === null ? [] : [["Image", target.image] as const]),
    ["Host because", target.hostReason],
    ["Durability", target.durability],
    ["Acks by level", levels.length > 0 ? levels.join(", ") : "none"],
    [
      "Redelivery horizon",
      target.redeliveryHorizonNs === 0 ? "none: the system redelivers nothing later" : time(target.redeliveryHorizonNs),
    ],
    [
      "Residue inspected",
      target.residueInspected.length > 0 ? target.residueInspected.join(", ") : "nothing: what is not seen is unseen",
    ],
    [
      "Handlers",
      `${count(workers.started)} started, ${count(workers.completed)} completed, ${count(workers.failed)} failed; ${share(workers.utilization)} of the slots busy`,
    ],
  ];
}

function machineRows({ environment }: RunResult): Row[] {
  const { cores, cpuModel, memoryBytes, kernel, platform, hostname } = environment;
  return [
    ["Machine", `${hostname}: ${cores} × ${cpuModel}, ${size(memoryBytes)}`],
    ["System", `${platform}, ${kernel}`],
  ];
}

function healthRows({ health, latency }: RunResult): Row[] {
  const delay = latency.publishDelay.whole;
  return [
    ["Health", [health.verdict, ...health.reasons].join("; ")],
    ["Publish delay", delay.count === 0 ? NOTHING : `p50 ${time(delay.p50)}, p99 ${time(delay.p99)} (havoq's own lag)`],
    [
      "Event-loop delay",
      health.eventLoopDelayP99Ns === null ? NOTHING : `p99 ${time(health.eventLoopDelayP99Ns)} in the worst process`,
    ],
    ["CPU stolen", health.stealShare === null ? NOTHING : share(health.stealShare)],
    ["Proxy on the path", health.proxyOverheadNs === null ? "none" : `+${time(health.proxyOverheadNs)} a round trip`],
  ];
}
