import { assess } from "../../analysis/index.ts";
import type { Worker } from "../../bridge/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Candidate, Group, JudgedCandidate } from "../../core/records.ts";
import { judge } from "../../data/index.ts";
import { perTask } from "../stages/by-task.ts";
import type { HeldOut } from "../train/step-record.ts";
import { promptOf, samplePrompts } from "../worker/sampling.ts";
import { scoreAll } from "../worker/scoring.ts";
import type { Watching } from "./settings.ts";

export interface LookOptions {
  worker: Worker;
  /** Its present weights are looked at. */
  model: string;
  watch: Watching;
  maxTokensPerBatch: number;
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** What a look measured, and which questions were answered rightly where they were answered. */
export interface Look {
  heldOut: HeldOut;
  right?: string[];
}

/**
 * Measures the present weights on held-out questions: AAccuracy (micro) and the perplexities of G_P, G_N and the
 * references, and greedy accuracy where it is asked for. Nothing of the model or of a run that trains it changes.
 */
export async function lookAtHeldOut(options: LookOptions): Promise<Look> {
  const { watch } = options;
  const { groups } = await scoreAll(watch.groups.map(toScore), {
    ...options,
    label: `${options.label} (held-out scores)`,
  });
  const samples = assess(groups.map((group) => only(group, (at) => at < sampleCount(group))));
  const references = assess(groups.map((group) => only(group, (at) => at >= sampleCount(group))));
  const right = watch.accuracy || watch.patience !== undefined ? await answeredRightly(options) : undefined;
  const heldOut: HeldOut = {
    questions: watch.questions.length,
    ...(right === undefined ? {} : { accuracy: right.length / watch.questions.length }),
    assessmentMicro: samples.assessmentAccuracy.micro,
    pairs: samples.assessmentAccuracy.pairs,
    perplexityPositive: finite(samples.perplexity.positive),
    perplexityNegative: finite(samples.perplexity.negative),
    perplexityReference: finite(references.perplexity.positive),
  };
  return { heldOut, ...(right === undefined ? {} : { right }) };
}

/** Each text of a group once, and the reference after them. */
function toScore(group: Group): Group {
  const distinct = new Map<string, JudgedCandidate>();
  for (const candidate of group.candidates)
    if (!distinct.has(candidate.text)) distinct.set(candidate.text, candidate);
  const samples = [...distinct.values()];
  if (group.reference === undefined) return { ...group, candidates: samples };
  const reference = { text: group.reference, extracted: group.answer, correct: true };
  return { ...group, candidates: [...samples, reference] };
}

const sampleCount = ({ candidates, reference }: Group): number =>
  candidates.length - (reference === undefined ? 0 : 1);

const only = (group: Group, wanted: (at: number) => boolean): Group => ({
  ...group,
  candidates: group.candidates.filter((_, at) => wanted(at)),
});

/** JSON has no infinity, which the perplexity of a text that has become impossible is. */
const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

/** The ids of the questions whose greedy answer is right. */
async function answeredRightly({ watch, ...options }: LookOptions): Promise<string[]> {
  const { questions, tasks, stop, extract, maxNewTokens } = watch;
  let done = 0;
  const label = `${options.label} (held-out answers)`;
  const show = (): void =>
    options.progress.update({ label, done, total: questions.length, unit: "questions" });
  const greedy = { ...options, temperature: 0, topP: 1, maxNewTokens, seed: 0 };
  const right: string[] = [];
  try {
    for (const [name, own] of perTask(questions)) {
      const candidates: Candidate[] = [];
      const prompts = own.map((question) => ({ ...promptOf(question), indices: [0] }));
      await samplePrompts(prompts, { ...greedy, stop: stop.get(name) ?? [] }, (some) => {
        candidates.push(...some);
        done += some.length;
        show();
      });
      const { groups } = judge(own, candidates, { task: tasks.get(name)!, extract });
      right.push(...groups.filter((group) => group.candidates[0]!.correct).map(({ id }) => id));
    }
  } finally {
    options.progress.end(label);
  }
  return right;
}
