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
  label: string;
  progress: ProgressSink;
  signal: AbortSignal;
  /** Called with each group once its candidates carry score, logprob and tokens; groups may come out of order. */
  onScored(scored: { group: Group; position: number }): void | Promise<void>;
}

/** {@link scoreGroups}, all kept until the end and given in their order. */
export async function scoreAll(
  groups: readonly Group[],
  options: Omit<ScoreOptions, "onScored">,
): Promise<{ groups: Group[]; tokens: number }> {
  const scored: Group[] = new Array(groups.length);
  const { tokens } = await scoreGroups(groups, {
    ...options,
    onScored({ group, position }) {
      scored[position] = group;
    },
  });
  return { groups: scored, tokens };
}

/**
 * {@link scoreGroups}, handed on in the order of the groups as soon as all before them are done: for a file that is
 * appended to, which then holds the first groups whenever a run is cut off.
 */
export async function scoreInOrder(
  groups: readonly Group[],
  { take, ...options }: Omit<ScoreOptions, "onScored"> & { take(groups: Group[]): Promise<void> },
): Promise<{ tokens: number }> {
  const early = new Map<number, Group>();
  let next = 0;
  return scoreGroups(groups, {
    ...options,
    async onScored({ group, position }) {
      early.set(position, group);
      const ready: Group[] = [];
      for (let scored = early.get(next); scored !== undefined; scored = early.get(next)) {
        ready.push(scored);
        early.delete(next++);
      }
      await take(ready);
    },
  });
}

const groupsPerRequest = 128;
const inFlight = 2;

/** Scores every candidate of every group: s(c) = (1/|c|) sum log P, over its tokens, EOS included. */
export async function scoreGroups(
  groups: readonly Group[],
  options: ScoreOptions,
): Promise<{ tokens: number }> {
  const { worker, progress, label, signal } = options;
  let done = 0;
  let tokens = 0;
  const show = (): void => progress.update({ label, done, total: groups.length, unit: "questions", tokens });
  const scoreChunk = async (chunk: { group: Group; position: number }[]): Promise<void> => {
    const filled = chunk.filter(({ group }) => group.candidates.length > 0);
    const result =
      filled.length === 0
        ? { groups: [], tokens: 0 }
        : await worker.request(
            "score",
            {
              model: options.model,
              maxTokensPerBatch: options.maxTokensPerBatch,
              groups: filled.map(({ group }) => requestOf(group)),
            },
            { signal },
          );
    tokens += result.tokens;
    const scores = new Map(filled.map(({ position }, at) => [position, result.groups[at]!.scores]));
    for (const { group, position } of chunk) {
      const scoresOfGroup = scores.get(position) ?? [];
      const candidates = group.candidates.map((candidate, at) =>
        withScore(candidate, scoresOfGroup[at]!, group.id),
      );
      await options.onScored({ group: { ...group, candidates }, position });
    }
    done += chunk.length;
    show();
  };
  try {
    const placed = groups.map((group, position) => ({ group, position }));
    await inTurn(chunks(placed, groupsPerRequest), inFlight, scoreChunk);
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

function requestOf(group: Group): Params<"score">["groups"][number] {
  const responses = group.candidates.map(({ text, tokenIds, finish }) => defined({ text, tokenIds, finish }));
  return { id: group.id, prompt: group.prompt, responses };
}

type Scored = Result<"score">["groups"][number]["scores"][number];

function withScore(candidate: JudgedCandidate, score: Scored, id: string): JudgedCandidate {
  if (typeof score.logprob !== "number")
    throw failure({
      what: `the model gives a response of question "${id}" a score that is not finite`,
      found: score.logprob.value,
      fix: "the weights may be damaged (a diverged run, a wrong dtype): try dtype: float32 or another checkpoint",
    });
  return { ...candidate, score: score.logprob / score.tokens, logprob: score.logprob, tokens: score.tokens };
}
