/** Runs found, listed, shown, compared and held against their digests, and what no run refers to. */
export { findGarbage, type Garbage, removeGarbage } from "./collect.ts";
export { type ComparedRuns, compareAside, compareFinishedRuns, type Difference } from "./compare.ts";
export { findRun, type ListedRun, listRuns } from "./list.ts";
export { Remembered } from "./remembered.ts";
export { type ShownRun, type ShownStage, showRuns, showStages } from "./show.ts";
export { type Verified, verifyRuns } from "./verify.ts";
export {
  RunsWatch,
  type WatchedRun,
  type WatchedStage,
  type WatchedTraining,
} from "./watch.ts";
