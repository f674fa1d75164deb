/** Where an experiment's numbers also go: TensorBoard, Weights & Biases, MLflow, trackio. */
export { type TrackedRun, Tracking } from "./tracking.ts";
export { type Evaluated, evaluationValues, heldOutValues, stepValues } from "./values.ts";
