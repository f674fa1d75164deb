/** What a run will take. The one way into `estimate`. */
export { type Estimate, estimate } from "./estimate.ts";
export { estimateTable } from "./table.ts";
