/** The one way into the bridge. */
export type { RequestOptions, Requests, Worker } from "./client.ts";
export { findDeno } from "./deno.ts";
export { ensureGguf, ensurePython, type PythonOptions } from "./environment.ts";
export {
  type Exit,
  isWorkerFailure,
  ProtocolError,
  WorkerDied,
  WorkerFailure,
  WorkerLost,
} from "./errors.ts";
export { type FollowOptions, follow } from "./follow.ts";
export type { ModelInfo, WorkerInfo, WorkerMethods } from "./generated/messages.ts";
export { ensureJupyter, type Jupyter, serve, trustNotebooks, writeKernel } from "./jupyter.ts";
export { pipDownload } from "./pip.ts";
export type {
  ErrorData,
  ErrorName,
  LossSettings,
  MethodName,
  ModelShape,
  Params,
  Progress,
  Real,
  Result,
  ScoreGroup,
  StepMetrics,
  TrainGroup,
} from "./protocol.ts";
export { type Ranks, ranksOf } from "./ranks.ts";
export { pythonPath } from "./transport.ts";
export { inspectVllm, oldestVllm, type Vllm } from "./vllm.ts";
export { startError, startWorker, type WorkerOptions } from "./worker.ts";
