import { z } from "zod";
import type { Params, Progress, Result, Worker } from "../../bridge/index.ts";
import { type Experiment, samplerOf } from "../../config/index.ts";
import { openAppend } from "../../core/append.ts";
import { TextTable } from "../../core/columns.ts";
import { defined } from "../../core/defined.ts";
import { failure } from "../../core/errors.ts";
import { forEachRow } from "../../core/jsonl.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { type Candidate, candidateSchema, type Question } from "../../core/records.ts";
import { sumOf } from "../../core/sum.ts";
import { chunks, inTurn } from "./in-turn.ts";
import { tellOnce } from "./told.ts";

/** What drew the samples: an artefact's fact. */
export const drawnSchema = z.object({
  name: z.enum(["transformers", "vllm"]),
  version: z.string().meta({ description: "of the library" }),
});
export type Drawn = z.output<typeof drawnSchema>;

type SamplerInfo = Result<"generate">["sampler"];

export interface SampleOptions {
  worker: Worker;
  model: string;
  prompts: readonly { id: string; prompt: string }[];
  k: number;
  /** 0: greedy. */
  temperature: number;
  topP: number;
  maxNewTokens: number;
  seed: number;
  /** Texts that end a response, which is cut before them. */
  stop?: readonly string[];
  /** Most samples that are decoded at once; the worker sizes it from free memory when left out. */
  slots?: number | undefined;
  /** Draws with vLLM, by these settings; with transformers when left out. */
  vllm?: Params<"generate">["vllm"] | undefined;
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** What draws samples, by an experiment's settings. */
export function samplerSettings(settings: Experiment["worker"]): Pick<SampleOptions, "slots" | "vllm"> {
  const sampler = samplerOf(settings);
  const { samplesAtOnce: slots, vllm } = settings;
  return { slots, vllm: sampler.name === "vllm" ? defined({ python: sampler.python, ...vllm }) : undefined };
}

/** Prompts of one request: enough to batch well by length, few enough that progress and cancelling stay lively. */
const promptsPerRequest = 512;
/**
 * Requests under way. The worker fills the place of a finished sample from whichever of them has one left, so there must be
 * prompts left while the longest samples of a request still run: with one sample a prompt two requests would not do.
 */
const inFlight = 4;

/**
 * Samples k candidates of each prompt into an append-only file, written as they come. What the file already
 * holds is kept: a sample depends on (seed, question, index) alone, so a resumed file equals an unbroken one
 * but for the order of its lines.
 */
export async function sampleInto(
  file: string,
  options: SampleOptions,
): Promise<{ candidates: number; tokens: number; sampler?: Drawn }> {
  const { progress, label } = options;
  const output = await openAppend<Candidate>(file, (text) => progress.note(text));
  try {
    const before = await sampledBefore(file);
    const missing = missingPrompts(options.prompts, options.k, before.samples);
    const total = options.prompts.length * options.k;
    let done = before.count;
    let tokens = 0;
    const show = (): void =>
      progress.update({ label, done, total, unit: "candidates", from: before.count, tokens });
    show();
    const note = (text: string): void => progress.note(`${label}: ${text}`);
    const sampler = await samplePrompts(missing, { ...options, note }, async (candidates) => {
      await output.append(candidates);
      done += candidates.length;
      tokens += sumOf(candidates, (candidate) => candidate.tokens);
      show();
    });
    const counts = { candidates: done, tokens: tokens + before.tokens };
    if (sampler === undefined) return { ...counts, ...defined({ sampler: await formerSampler(options) }) };
    tellOnce(options.worker, sampler.note === undefined ? undefined : `sampling: ${sampler.note}`, progress);
    return { ...counts, sampler: { name: sampler.name, version: sampler.version } };
  } finally {
    await output.close();
    progress.end(label);
  }
}

/** What drew samples that were all there: the same as would draw now. Which vLLM is not known without starting one. */
async function formerSampler({ worker, prompts, k, vllm }: SampleOptions): Promise<Drawn | undefined> {
  if (vllm !== undefined || prompts.length * k === 0) return undefined;
  const { transformers } = (await worker.request("device/info", {})).packages;
  return transformers === undefined ? undefined : { name: "transformers", version: transformers };
}

/**
 * Samples these indices of these prompts; `take` gets the candidates as they come and is waited for, `note` what begins and
 * takes long, as the start of vLLM.
 * @returns what drew them; undefined where there was nothing to draw
 */
export async function samplePrompts(
  prompts: Params<"generate">["prompts"],
  options: Omit<SampleOptions, "prompts" | "k" | "label" | "progress"> & { note?: (text: string) => void },
  take: (candidates: Progress<"generate">["candidates"]) => void | Promise<void>,
): Promise<SamplerInfo | undefined> {
  const { worker, model, stop, slots, vllm, signal, note: tell } = options;
  const { temperature, topP, maxNewTokens, seed } = options;
  const settings = { temperature, topP, maxNewTokens, seed };
  const request = { model, ...settings, ...defined({ stop: stop && [...stop], slots, vllm }) };
  let drawn: SamplerInfo | undefined;
  await inTurn(chunks(prompts, promptsPerRequest), inFlight, async (chunk) => {
    const { sampler } = await worker.request(
      "generate",
      { ...request, prompts: chunk },
      {
        signal,
        onProgress: ({ candidates, note }) => {
          if (note !== undefined) tell?.(note);
          return take(candidates);
        },
      },
    );
    drawn = sampler;
  });
  return drawn;
}

/** What the model is given for a question: the stage that read the questions has put it there. */
export function promptOf({ id, prompt }: Question): { id: string; prompt: string } {
  if (typeof prompt !== "string")
    throw failure({
      what: `question "${id}" carries no prompt`,
      found: prompt,
      expected: "the text that the model is given",
    });
  return { id, prompt };
}

const sampleName = (index: number, id: string): string => `${index} ${id}`;

/** What a file of candidates holds: of each no more than its name is kept. */
async function sampledBefore(file: string): Promise<{ samples: TextTable; count: number; tokens: number }> {
  const samples = new TextTable();
  let [count, tokens] = [0, 0];
  await forEachRow(file, candidateSchema, (candidate) => {
    samples.add(sampleName(candidate.index, candidate.questionId));
    count++;
    tokens += candidate.tokens ?? 0;
  });
  return { samples, count, tokens };
}

/** Which (prompt, index) pairs a file of candidates lacks. */
function missingPrompts(
  prompts: SampleOptions["prompts"],
  k: number,
  sampled: TextTable,
): Params<"generate">["prompts"] {
  return prompts.flatMap(({ id, prompt }) => {
    const indices = Array.from({ length: k }, (_, index) => index).filter(
      (index) => sampled.find(sampleName(index, id)) === undefined,
    );
    return indices.length > 0 ? [{ id, prompt, indices }] : [];
  });
}
