// For AsyncDisposable: a program need not ask for it itself.
/// <reference lib="esnext.disposable" preserve="true" />
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import {
  ensurePython,
  type ModelInfo,
  type Requests,
  type Result,
  startWorker as start,
  type Worker,
  type WorkerInfo,
} from "../bridge/index.ts";
import { defined } from "../core/defined.ts";
import { inputError } from "../core/errors.ts";
import { type ProgressSink, silent } from "../core/progress.ts";
import type { Candidate, Group } from "../core/records.ts";
import { samplePrompts, scoreAll } from "../experiment/index.ts";
import { checkCount, checkOptions } from "./options.ts";

/** How a worker is started. */
export interface StartWorkerOptions {
  /** An interpreter with the worker's packages. By default `AFT_PYTHON`, else an environment that is made at first need. */
  python?: string;
  /** CPU threads; all cores by default. */
  threads?: number;
  /** Told while the Python environment is made. */
  progress?: ProgressSink;
}

/** A running PyTorch process. `await using worker = await startWorker()` closes it at the end of its block. */
export interface LiveWorker extends Requests, AsyncDisposable {
  /** Loads a model: a folder in Hugging Face format (for instance `run.checkpoint("aft-bc")`), or a hub id. */
  loadModel(source: string, options?: LoadModelOptions): Promise<LiveModel>;
  /** Python, packages, devices and memory. */
  info(): Promise<WorkerInfo>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** Where and how a model is loaded. */
export interface LoadModelOptions {
  /** auto (a GPU where there is one), cpu, cuda, cuda:N or mps. */
  device?: string;
  /** auto: as the model was saved. */
  dtype?: "auto" | "float32" | "bfloat16" | "float16";
  /** Of a hub id. */
  revision?: string;
  /** Tokens computed at once: bounds memory, changes no result. */
  maxTokensPerBatch?: number;
}

/** How responses are sampled. A sample depends on the seed, the prompt's id and its index alone. */
export interface SampleOptions {
  /** Samples a prompt; 1 by default. */
  k?: number;
  /** 1 by default: the model's own distribution; 0: greedy. */
  temperature?: number;
  /** 1 by default: no nucleus cut. */
  topP?: number;
  /** 256 by default. */
  maxNewTokens?: number;
  /** 1 by default. */
  seed?: number;
  /** Stops sampling. */
  signal?: AbortSignal;
}

/** A prompt, with the id under which its samples are drawn. */
export interface Prompt {
  /** Samples depend on it. */
  id: string;
  /** The exact text that the model is given. */
  prompt: string;
}

/** One token of a response and how likely the model finds it after what stands before it. */
export interface TokenScore {
  /** What it adds to the text; a special token's name, such as `</s>`. */
  text: string;
  /** In the model's vocabulary. */
  id: number;
  /** log P(token | prompt, tokens before) in nats. */
  logprob: number;
}

/** A response under a model. */
export interface ResponseScore {
  /** The response. */
  text: string;
  /** Mean log-probability a token (nats), the end-of-sequence token included: s(c) of the paper. */
  score: number;
  /** Their sum. */
  logprob: number;
  /** Each of its tokens, in order. */
  tokens: TokenScore[];
}

/** A model in a worker's memory. */
export interface LiveModel extends AsyncDisposable {
  /** Parameters, vocabulary, dtype, device and the digest of the weights. */
  readonly info: ModelInfo;
  /** Samples responses to a prompt, by index. */
  sample(prompt: string | Prompt, options?: SampleOptions): Promise<Candidate[]>;
  /** The same for several prompts: a list of responses for each. */
  sample(prompts: readonly (string | Prompt)[], options?: SampleOptions): Promise<Candidate[][]>;
  /** Scores responses to a prompt, token by token. */
  score(prompt: string, responses: readonly string[]): Promise<ResponseScore[]>;
  /** Scores every candidate of every group: what `assess` and the charts take. */
  scoreGroups(groups: readonly Group[], signal?: AbortSignal): Promise<Group[]>;
  /** Frees its memory. */
  unload(): Promise<void>;
}

/**
 * Starts a PyTorch process to try models with: sample, and score token by token.
 * @example
 * await using worker = await startWorker();
 * const model = await worker.loadModel(run.checkpoint("aft-bc"));
 * const [response] = await model.sample("Two and three are", { temperature: 0 });
 */
export async function startWorker(options: StartWorkerOptions = {}): Promise<LiveWorker> {
  checkOptions(options, ["python", "threads", "progress"]);
  const { python, threads, progress = silent } = options;
  const interpreter = await ensurePython({ python, progress });
  const worker = await start({ transport: "stdio", python: interpreter, threads });
  return {
    request: worker.request,
    loadModel: (source, settings) => loadModel(worker, source, settings),
    info: () => worker.request("device/info", {}),
    close: () => worker.close(),
    [Symbol.asyncDispose]: () => worker.close(),
  };
}

async function loadModel(worker: Worker, source: string, options: LoadModelOptions = {}): Promise<LiveModel> {
  checkOptions(options, ["device", "dtype", "revision", "maxTokensPerBatch"]);
  const { device = "auto", dtype = "auto", revision, maxTokensPerBatch = 8192 } = options;
  const info = await worker.request("model/load", {
    source: existsSync(source) ? resolve(source) : source,
    dtype,
    device,
    attention: "auto",
    ...defined({ revision }),
  });
  const { model } = info;
  // A worker that is gone has nothing left to unload.
  const unload = () => worker.request("model/unload", { model }).then(() => {});
  async function sample(
    prompts: string | Prompt | readonly (string | Prompt)[],
    settings: SampleOptions = {},
  ) {
    checkOptions(settings, ["k", "temperature", "topP", "maxNewTokens", "seed", "signal"]);
    const { k = 1, temperature = 1, topP = 1, maxNewTokens = 256, seed = 1 } = settings;
    checkCount("k", k);
    const isList = Array.isArray(prompts);
    const named = ((isList ? prompts : [prompts]) as (string | Prompt)[]).map((prompt) =>
      typeof prompt === "string" ? { id: prompt, prompt } : prompt,
    );
    checkIds(named);
    const indices = Array.from({ length: k }, (_, index) => index);
    const samples = new Map(named.map(({ id }) => [id, [] as Candidate[]]));
    await samplePrompts(
      named.map((prompt) => ({ ...prompt, indices })),
      {
        worker,
        model,
        temperature,
        topP,
        maxNewTokens,
        seed,
        signal: settings.signal ?? new AbortController().signal,
      },
      (candidates) => {
        for (const candidate of candidates) samples.get(candidate.questionId)!.push(candidate);
      },
    );
    const byPrompt = named.map(({ id }) => samples.get(id)!.sort((a, b) => a.index - b.index));
    return isList ? byPrompt : byPrompt[0]!;
  }
  return {
    info,
    sample: sample as LiveModel["sample"],
    async score(prompt, responses) {
      if (responses.length === 0) return [];
      const group = { id: prompt, prompt, responses: responses.map((text) => ({ text })) };
      const result = await worker.request("score", {
        model,
        groups: [group],
        perToken: true,
        maxTokensPerBatch,
      });
      return result.groups[0]!.scores.map((scored, at) => responseScore(responses[at]!, scored));
    },
    async scoreGroups(groups, signal = new AbortController().signal) {
      const label = "score";
      return (await scoreAll(groups, { worker, model, maxTokensPerBatch, label, progress: silent, signal }))
        .groups;
    },
    unload,
    [Symbol.asyncDispose]: () => unload().catch(() => {}),
  };
}

type Scored = Result<"score">["groups"][number]["scores"][number];

function responseScore(
  text: string,
  { logprob, tokens, tokenIds, tokenLogprobs, tokenTexts }: Scored,
): ResponseScore {
  const sum = finite(logprob);
  return {
    text,
    score: sum / tokens,
    logprob: sum,
    tokens: tokenIds!.map((id, at) => ({ id, text: tokenTexts![at]!, logprob: finite(tokenLogprobs![at]!) })),
  };
}

const finite = (real: Scored["logprob"]): number =>
  typeof real === "number" ? real : Number(spelled[real.value]);
const spelled = { nan: "NaN", inf: "Infinity", "-inf": "-Infinity" } as const;

function checkIds(prompts: readonly Prompt[]): void {
  const seen = new Set<string>();
  for (const { id } of prompts) {
    if (seen.has(id))
      throw inputError({
        what: "two prompts have the same id, so that their samples would be the same",
        found: id,
        expected: "each id once: { id, prompt }",
      });
    seen.add(id);
  }
}
