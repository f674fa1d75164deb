/** Finished runs: found, listed and compared. */
export { type ComparedRuns, compareFinishedRuns, type Difference } from "./compare.ts";
export { findRun, type ListedRun, listRuns } from "./list.ts";
