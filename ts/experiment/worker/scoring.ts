import type { Params, Result, Worker } from "../../bridge/index.ts";
import { defined } from "../../core/defined.ts";
import { failure } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Group, JudgedCandidate } from "../../core/records.ts";
import { chunks, inTurn } from "./in-turn.ts";

export interface ScoreOptions {
  worker: Worker;
  model: string;
  maxTokensPerBatch: number;
  /** Groups before these that are scored already, for what is shown. */
  from?: number;
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** {@link scoreGroups}, all kept until the end. */
export async function scoreAll(
  groups: readonly Group[],
  options: ScoreOptions,
): Promise<{ groups: Group[]; tokens: number }> {
  const scored: Group[] = [];
  const { tokens } = await scoreGroups(groups, options, (chunk) => void scored.push(...chunk));
  return { groups: scored, tokens };
}

const groupsPerRequest = 128;
const inFlight = 2;

/**
 * Scores every candidate of every group: s(c) = (1/|c|) sum log P, over its tokens, EOS included.
 * @param take gets the groups, their candidates with score, logprob and tokens, in their order as soon as all before
 * them are done: a file that they are appended to holds the first groups whenever a run is cut off
 */
export async function scoreGroups(
  groups: readonly Group[],
  { worker, progress, label, signal, model, maxTokensPerBatch, from = 0 }: ScoreOptions,
  take: (scored: Group[]) => void | Promise<void>,
): Promise<{ tokens: number }> {
  const early = new Map<number, Group[]>();
  let next = 0;
  let done = 0;
  let tokens = 0;
  const onProgress = ({ note }: { note?: string | undefined }): void => {
    if (note !== undefined) progress.note(`${label}: ${note}`);
  };
  const scoreChunk = async ({ chunk, at }: { chunk: Group[]; at: number }): Promise<void> => {
    const filled = chunk.filter(({ candidates }) => candidates.length > 0);
    const request = { model, maxTokensPerBatch, groups: filled.map(requestOf) };
    const result =
      filled.length === 0
        ? { groups: [], tokens: 0 }
        : await worker.request("score", request, { signal, onProgress });
    tokens += result.tokens;
    const scores = new Map(filled.map((group, index) => [group, result.groups[index]!.scores]));
    early.set(
      at,
      chunk.map((group) => withScores(group, scores.get(group) ?? [])),
    );
    for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
      early.delete(next++);
      await take(ready);
    }
    done += chunk.length;
    const shown = { done: from + done, total: from + groups.length, ...(from > 0 ? { from } : {}) };
    progress.update({ label, ...shown, unit: "questions", tokens });
  };
  try {
    const numbered = [...chunks(groups, groupsPerRequest)].map((chunk, at) => ({ chunk, at }));
    await inTurn(numbered, inFlight, scoreChunk);
    return { tokens };
  } finally {
    progress.end(label);
  }
}

/** A reference is scored as one response more, the last. */
export const withReference = (group: Group): Group =>
  group.reference === undefined
    ? group
    : {
        ...group,
        candidates: [...group.candidates, { text: group.reference, extracted: group.answer, correct: true }],
      };

const requestOf = ({ id, prompt, candidates }: Group): Params<"score">["groups"][number] => ({
  id,
  prompt,
  responses: candidates.map(({ text, tokenIds, finish }) => defined({ text, tokenIds, finish })),
});

type Score = Result<"score">["groups"][number]["scores"][number];

const withScores = (group: Group, scores: readonly Score[]): Group => ({
  ...group,
  candidates: group.candidates.map((candidate, at) => withScore(candidate, scores[at]!, group.id)),
});

function withScore(candidate: JudgedCandidate, score: Score, id: string): JudgedCandidate {
  if (typeof score.logprob !== "number")
    throw failure({
      what: `the model gives a response of question "${id}" a score that is not finite`,
      found: score.logprob.value,
      fix: "the weights may be damaged (a diverged run, a wrong dtype): try dtype: float32 or another checkpoint",
    });
  return { ...candidate, score: score.logprob / score.tokens, logprob: score.logprob, tokens: score.tokens };
}
