import type { PlayRequest } from "../engine/play.js";
import type { Scenario } from "../scenario/scenario.js";

/** Whom a command of many runs tells how it goes. */
export interface Watcher {
  /** What happens now: a line for a person. */
  say(text: string): void;
  /** What went wrong and does not end the command. */
  warn(text: string): void;
  /** Called before a run begins. */
  watch(scenario: Scenario): RunWatcher;
}

/** Whom one run tells how it goes. */
export interface RunWatcher {
  readonly stage: PlayRequest["onStage"];
  /** Called when the run is over, however it ended. */
  stop(): void;
}
