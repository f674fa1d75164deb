import type { TrainGroup } from "../bridge/index.ts";
import type { GroupMethod, Method } from "../config/index.ts";
import { failure } from "../core/errors.ts";
import { randomFrom } from "../core/random.ts";
import type { Group, JudgedCandidate } from "../core/records.ts";
import { acceptedForRft, type Feedback, type Placed, placed } from "../data/index.ts";

/** A method that trains: all but `keep`. */
export type TrainedMethod = Exclude<Method, { method: "keep" }>;

export interface TrainGroupOptions {
  /** Of the one pair that DPO may draw. */
  seed: number;
  feedback: Feedback;
}

type Response = TrainGroup["responses"][number];

/** Whether a method's loss goes by right and wrong alone; every other group loss goes by ranks. */
const byLabel = (method: GroupMethod): boolean =>
  method.method === "aft" && !method.constraint.startsWith("ranked-");

/**
 * What one question gives a method to train on. For DPO the group's candidates carry `logprob`, and the group
 * `referenceLogprob`, under the reference model.
 */
export function trainGroup(group: Group, method: TrainedMethod, options: TrainGroupOptions): TrainGroup {
  if (group.reference === undefined)
    throw failure({
      what: `question "${group.id}" has no reference COT: the VFT term needs one`,
      expected: "a `reference` in every group",
    });
  const { id, prompt } = group;
  const reference = { text: group.reference, target: true, reference: true };
  if (method.method === "vft") return { id, prompt, responses: [reference] };
  if (method.method === "rft") {
    const accepted = acceptedForRft(group, { checkEquations: method.checkEquations });
    return {
      id,
      prompt,
      responses: [reference, ...accepted.map((one) => ({ ...responseOf(one), target: true }))],
    };
  }
  const all = membersOf(group, method, options.feedback);
  const members =
    method.method === "dpo" && method.pairs === "one" ? onePair(all, options.seed, group.id) : all;
  const joined = members.find(
    ({ candidate }) => candidate.text === group.reference && method.referenceAsPositive,
  );
  const others = members.filter((member) => member !== joined);
  const rewarded = members.every(({ candidate }) => typeof candidate.reward === "number");
  const describe = (member: Placed): Partial<Response> => termsOf(member, method, rewarded);
  return {
    id,
    prompt,
    responses: [
      joined === undefined ? reference : { ...reference, ...describe(joined) },
      ...others.map((member) => ({ ...responseOf(member.candidate), target: false, ...describe(member) })),
    ],
  };
}

/** Between whom the method's pairs are, the reference among them where the method says so. */
export function membersOf(group: Group, method: GroupMethod, feedback: Feedback): Placed[] {
  const by = byLabel(method) ? "binary" : feedback;
  return placed(method.referenceAsPositive ? withReference(group, by) : group, by);
}

/** The group with its reference first and among the best, so that a sample of the same text is no second one. */
function withReference(group: Group, feedback: Feedback): Group {
  const [equal] = equalsOfReference(group, feedback);
  const reference = {
    text: group.reference!,
    extracted: group.answer,
    correct: true,
    rank: equal?.rank ?? Number.NEGATIVE_INFINITY,
    ...(typeof equal?.reward === "number" ? { reward: equal.reward } : {}),
    ...scoreOfReference(group),
  };
  return { ...group, candidates: [reference, ...group.candidates] };
}

/**
 * The samples that are as good as the reference: the right ones; under ranks the best ones, unless those are wrong or
 * were found to have a wrong step. Where nobody is, the reference is better than all, and has no reward.
 */
function equalsOfReference({ candidates }: Group, feedback: Feedback): JudgedCandidate[] {
  if (feedback === "binary") return candidates.filter(({ correct }) => correct);
  const ranked = candidates.filter(({ rank }) => rank !== undefined);
  const best = Math.min(...ranked.map(({ rank }) => rank!));
  const first = ranked.filter(({ rank }) => rank === best);
  return first.every(({ correct, stepsValid }) => correct && stepsValid !== false) ? first : [];
}

/** Of a group that was scored. */
const scoreOfReference = ({ referenceLogprob: logprob, referenceTokens: tokens }: Group) =>
  typeof logprob === "number" && typeof tokens === "number"
    ? { logprob, tokens, score: logprob / tokens }
    : {};

/** One of all pairs of a better and a worse COT, a function of (seed, question); nobody where there is none. */
function onePair(members: readonly Placed[], seed: number, id: string): Placed[] {
  const pairs = members.flatMap((better) =>
    members.filter((worse) => worse.rank > better.rank).map((worse) => [better, worse]),
  );
  return pairs.length === 0 ? [] : randomFrom("dpo pair", seed, id).pick(pairs);
}

/** What the loss and the metrics are told of a response. */
function termsOf({ candidate, rank }: Placed, method: GroupMethod, rewarded: boolean): Partial<Response> {
  const label = candidate.correct ? "positive" : "negative";
  if (byLabel(method)) return { label };
  return {
    label,
    rank,
    ...(method.method === "pro" && rewarded ? { reward: candidate.reward as number } : {}),
    ...(method.method === "dpo" ? { referenceLogprob: candidate.logprob! } : {}),
  };
}

/** The tokens that were sampled, where they are known: token in, token out. */
const responseOf = ({ text, tokenIds, finish }: JudgedCandidate) => ({
  text,
  ...(tokenIds === undefined ? {} : { tokenIds }),
  ...(finish === undefined ? {} : { finish }),
});
