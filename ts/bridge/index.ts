/** The one way into the bridge. */
export type { RequestOptions, Requests, Worker } from "./client.ts";
export { findDeno } from "./deno.ts";
export { ensureGguf, ensurePython } from "./environment.ts";
export {
  isWorkerFailure,
  ProtocolError,
  WorkerDied,
  WorkerFailure,
  WorkerLost,
} from "./errors.ts";
export { follow } from "./follow.ts";
export type { ModelInfo, WorkerInfo } from "./generated/messages.ts";
export { ensureJupyter, type Jupyter, serve, trustNotebooks, writeKernel } from "./jupyter.ts";
export { pipDownload } from "./pip.ts";
export type {
  LossSettings,
  MethodName,
  ModelShape,
  Params,
  Progress,
  Result,
  TrainGroup,
} from "./protocol.ts";
export { beginsAnew, ranksOf } from "./ranks.ts";
export { pythonPath } from "./transport.ts";
export { inspectVllm, type Vllm } from "./vllm.ts";
export { startError, startWorker, type WorkerOptions } from "./worker.ts";
