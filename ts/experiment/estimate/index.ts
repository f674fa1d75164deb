/** What a run will take. The one way into `estimate`. */
export { type Estimate, estimate } from "./estimate.ts";
export { expectedSeconds, measureOn } from "./expected.ts";
export { estimateSweep, type SweepEstimate } from "./sweep.ts";
export { estimateTable, sweepEstimateTable } from "./table.ts";
