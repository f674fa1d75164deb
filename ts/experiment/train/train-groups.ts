import type { TrainGroup } from "../../bridge/index.ts";
import { type GroupLoss, type GroupMethod, methods, type TrainedMethod } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { failure } from "../../core/errors.ts";
import { randomFrom } from "../../core/random.ts";
import type { Group, JudgedCandidate } from "../../core/records.ts";
import { acceptedForRft, type Feedback, type Placed, placed } from "../../data/index.ts";

export interface TrainGroupOptions {
  /** Of the one pair that a method may draw. */
  seed: number;
  feedback: Feedback;
}

type Response = TrainGroup["responses"][number];

/**
 * What one question gives a method to train on. For a method with a reference model the group's
 * candidates carry `logprob`, and the group `referenceLogprob`, under that model.
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
      responses: [reference, ...accepted.map((candidate) => ({ ...responseOf(candidate), target: true }))],
    };
  }
  const judged = membersOf(group, method, options.feedback);
  const members =
    "pairs" in method && method.pairs === "one" ? onePair(judged, options.seed, group.id) : judged;
  const joined = members.find(
    ({ candidate }) => candidate.text === group.reference && method.referenceAsPositive,
  );
  const best =
    "target" in method && method.target === "best" ? members.find(({ rank }) => rank === 1) : undefined;
  const unjoined = members.filter((member) => member !== joined);
  const rewarded = members.every(({ candidate }) => typeof candidate.reward === "number");
  const describe = (member: Placed): Partial<Response> => termsOf(member, methods[method.method], rewarded);
  if (best !== undefined && best !== joined)
    return {
      id,
      prompt,
      responses: members.map((member) => ({
        ...responseOf(member.candidate),
        target: member === best,
        ...describe(member),
      })),
    };
  return {
    id,
    prompt,
    responses: [
      joined === undefined ? reference : { ...reference, ...describe(joined) },
      ...unjoined.map((member) => ({ ...responseOf(member.candidate), target: false, ...describe(member) })),
    ],
  };
}

/** The COTs between which the method's pairs are, the reference among them where the method says so. */
export function membersOf(group: Group, method: GroupMethod, feedback: Feedback): Placed[] {
  return placed(method.referenceAsPositive ? withReference(group, feedback) : group, feedback);
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
 * were found to have a wrong step. Where there is none, the reference is better than all, and has no reward.
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

/** One of all pairs of a better and a worse COT, a function of (seed, question); empty where there is none. */
function onePair(members: readonly Placed[], seed: number, id: string): Placed[] {
  const pairs = members.flatMap((better) =>
    members.filter((worse) => worse.rank > better.rank).map((worse) => [better, worse]),
  );
  return pairs.length === 0 ? [] : randomFrom("dpo pair", seed, id).pick(pairs);
}

/** What the loss goes by (right and wrong are ranks 1 and 2), and the label, which is watched alone. */
function termsOf(
  { candidate, rank }: Placed,
  { needs }: Pick<GroupLoss, "needs">,
  rewarded: boolean,
): Partial<Response> {
  return {
    label: candidate.correct ? "positive" : "negative",
    rank,
    ...(needs.rewards && rewarded ? { reward: candidate.reward as number } : {}),
    ...(needs.referenceModel ? { referenceLogprob: candidate.logprob! } : {}),
  };
}

/** The tokens that were sampled, where they are known: token in, token out. */
const responseOf = ({ text, tokenIds, finish }: JudgedCandidate) => ({
  text,
  ...defined({ tokenIds, finish }),
});
