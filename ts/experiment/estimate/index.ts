/** What a run will take. The one way into `estimate`. */
export { clusterTable } from "./cluster-table.ts";
export { deviceKind } from "./device-kinds.ts";
export { type Estimate, estimate, planElsewhere } from "./estimate.ts";
export { expectedSeconds, measureOn } from "./expected.ts";
export { estimateSweep, type SweepEstimate } from "./sweep.ts";
export { estimateTable, modelLine, sweepEstimateTable } from "./table.ts";
