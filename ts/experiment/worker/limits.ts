/** How much is computed at once, at most, since memory ran out: what a worker that is started anew is asked for. */
import type { MethodName, Params, Worker, WorkerFailure } from "../../bridge/index.ts";

/** Of training and scoring in tokens, of sampling in samples. */
export type Limits = Partial<Record<"train/begin" | "score" | "generate", number>>;

/** From an error after which no rank can go on; undefined where less at once would not do. */
export function limitsAfter({ method, data }: WorkerFailure<"OutOfMemory">): Limits | undefined {
  if (data.smaller === undefined) return undefined;
  const asked = method === "train/step" ? "train/begin" : method;
  return asked in setLimit ? { [asked]: data.smaller } : undefined;
}

type Set = { [M in keyof Limits]-?: (params: Params<M>, limit: number) => Params<M> };
const setTokens = <P extends { maxTokensPerBatch: number }>(params: P, limit: number): P => ({
  ...params,
  maxTokensPerBatch: Math.min(params.maxTokensPerBatch, limit),
});
const setLimit: Set = {
  "train/begin": setTokens,
  score: setTokens,
  generate: (params, limit) => ({ ...params, slots: Math.min(params.slots ?? limit, limit) }),
};

/** The worker, which is asked for no more than that at once. */
export function within(worker: Worker, limits: Limits): Worker {
  return {
    ...worker,
    request(method, params, options) {
      const limit = (limits as Partial<Record<MethodName, number>>)[method];
      const set = (setLimit as Partial<Record<MethodName, (params: unknown, limit: number) => unknown>>)[
        method
      ];
      const asked = limit === undefined || set === undefined ? params : (set(params, limit) as typeof params);
      return worker.request(method, asked, options);
    },
  };
}
