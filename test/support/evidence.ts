import { CLAIMS, type Evidence, type RunResult } from "../../src/result-schema.js";

type Claim = Evidence["claim"];

const carries = (claim: Claim): Evidence["carries"] =>
  claim === "havoq kept up" || claim === "every fault came on time" ? "timings" : "everything";

const SEEN: Readonly<Record<Claim, string>> = {
  "the run came to its end": "load, faults and drain were done",
  "messages were acked and handled": "59,958 of 60,000 acked, 59,973 times a handler ended",
  "the whole load was sent": "every message that was due",
  "every fault was injected": "3 of 3",
  "every fault came on time": "none more than 500 ms late",
  "every fault was healed": "as far as there was something to heal",
  "only faults broke the broker": "its processes were watched",
  "only faults ended producers and workers": "4 processes",
  "every agent's counters equal its records": "3 agents; 1 ended before they could tell theirs",
  "what became of every message is known": "what was left in the system was read after the drain",
  "havoq kept up": "messages left when they were due",
};

/** Evidence of a run that observed all that its verdict rests on. */
export const allSeen = (): Evidence[] =>
  CLAIMS.map((claim) => ({ claim, held: true, carries: carries(claim), why: SEEN[claim] }));

/** The same result with one claim that does not hold. */
export function withMissing(result: RunResult, claim: Claim, why: string, over: Partial<Evidence> = {}): RunResult {
  const evidence = result.evidence.map((each) =>
    each.claim === claim ? { ...each, held: false, why, ...over } : each,
  );
  return { ...result, evidence };
}
