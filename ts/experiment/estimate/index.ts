/** What a run will take. The one way into `estimate`. */
export { type Estimate, estimate } from "./estimate.ts";
export { estimateSweep, type SweepEstimate } from "./sweep.ts";
export { sweepEstimateTable } from "./sweep-table.ts";
export { estimateTable } from "./table.ts";
