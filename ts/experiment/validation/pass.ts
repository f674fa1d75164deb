import { assess } from "../../analysis/index.ts";
import type { Worker } from "../../bridge/index.ts";
import { defined } from "../../core/defined.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Candidate, Group, JudgedCandidate } from "../../core/records.ts";
import { judge } from "../../data/index.ts";
import type { HeldOut } from "../step-record.ts";
import { promptOf, samplePrompts } from "../worker/sampling.ts";
import { scoreAll, withReference } from "../worker/scoring.ts";
import type { Validation } from "./settings.ts";

export interface PassOptions {
  worker: Worker;
  /** Whose present weights are measured. */
  model: string;
  validation: Validation;
  maxTokensPerBatch: number;
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** What a validation pass measured, and which questions were answered rightly where they were answered. */
export interface ValidationPass {
  heldOut: HeldOut;
  /** Ids of questions. */
  right?: string[];
}

/**
 * Measures the present weights on held-out questions: AAccuracy (micro) and the perplexities of G_P, G_N and the
 * references, and greedy accuracy where it is asked for. Nothing of the model or of a run that trains it changes.
 */
export async function runValidationPass(options: PassOptions): Promise<ValidationPass> {
  const { questions, groups, accuracy, patience } = options.validation;
  const scored = await scoreAll(groups.map(distinct).map(withReference), {
    ...options,
    label: `${options.label} (held-out scores)`,
  });
  const sampleCount = ({ candidates, reference }: Group): number =>
    candidates.length - (reference === undefined ? 0 : 1);
  const part = (slice: (group: Group) => JudgedCandidate[]) =>
    assess(scored.groups.map((group) => ({ ...group, candidates: slice(group) })));
  const samples = part((group) => group.candidates.slice(0, sampleCount(group)));
  const references = part((group) => group.candidates.slice(sampleCount(group)));
  const right = accuracy || patience !== undefined ? await answeredRightly(options) : undefined;
  const heldOut: HeldOut = {
    questions: questions.length,
    ...defined({ accuracy: right && right.length / questions.length }),
    assessmentMicro: samples.assessmentAccuracy.micro,
    pairs: samples.assessmentAccuracy.pairs,
    perplexityPositive: finite(samples.perplexity.positive),
    perplexityNegative: finite(samples.perplexity.negative),
    perplexityReference: finite(references.perplexity.positive),
  };
  return { heldOut, ...defined({ right }) };
}

/** Each text of a group once. */
function distinct(group: Group): Group {
  const byText = new Map<string, JudgedCandidate>();
  for (const candidate of group.candidates)
    if (!byText.has(candidate.text)) byText.set(candidate.text, candidate);
  return { ...group, candidates: [...byText.values()] };
}

/** JSON has no infinity, which the perplexity of a text that has become impossible is. */
const finite = (value: number | null): number | null =>
  value !== null && Number.isFinite(value) ? value : null;

/** The ids of the questions whose greedy answer is right. */
async function answeredRightly({ validation, ...options }: PassOptions): Promise<string[]> {
  const { questions, tasks, stop, extract, maxNewTokens } = validation;
  const label = `${options.label} (held-out answers)`;
  const greedy = { ...options, temperature: 0, topP: 1, maxNewTokens, seed: 0 };
  const right: string[] = [];
  let done = 0;
  try {
    for (const name of new Set(questions.map(({ task }) => task))) {
      const taskQuestions = questions.filter(({ task }) => task === name);
      const candidates: Candidate[] = [];
      const prompts = taskQuestions.map((question) => ({ ...promptOf(question), indices: [0] }));
      await samplePrompts(prompts, { ...greedy, stop: stop.get(name) ?? [] }, (answers) => {
        candidates.push(...answers);
        done += answers.length;
        options.progress.update({ label, done, total: questions.length, unit: "questions" });
      });
      const { groups } = judge(taskQuestions, candidates, { task: tasks.get(name)!, extract });
      right.push(...groups.filter((group) => group.candidates[0]!.correct).map(({ id }) => id));
    }
  } finally {
    options.progress.end(label);
  }
  return right;
}
