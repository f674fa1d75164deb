import type { TrainGroup } from "../bridge/index.ts";
import type { Method } from "../config/index.ts";
import { failure } from "../core/errors.ts";
import type { Group, JudgedCandidate } from "../core/records.ts";
import { acceptedForRft, sides } from "../data/index.ts";

/** A method that trains: all but `keep`. */
export type TrainedMethod = Exclude<Method, { method: "keep" }>;

/** What one question gives a method to train on. */
export function trainGroup(group: Group, method: TrainedMethod): TrainGroup {
  if (group.reference === undefined)
    throw failure({
      what: `question "${group.id}" has no reference COT: the VFT term needs one`,
      expected: "a `reference` in every group",
    });
  const reference = { text: group.reference, target: true, reference: true };
  const { id, prompt } = group;
  if (method.method === "vft") return { id, prompt, responses: [reference] };
  if (method.method === "rft") {
    const accepted = acceptedForRft(group, { checkEquations: method.checkEquations });
    return {
      id,
      prompt,
      responses: [reference, ...accepted.map((one) => ({ ...responseOf(one), target: true }))],
    };
  }
  const { positives, negatives } = sides(group);
  const asPositive = method.referenceAsPositive;
  return {
    id,
    prompt,
    responses: [
      asPositive ? { ...reference, label: "positive" } : reference,
      ...positives
        // The reference is among the positives already: the same text twice would count twice.
        .filter(({ text }) => !asPositive || text !== group.reference)
        .map((one) => ({ ...responseOf(one), target: false, label: "positive" as const })),
      ...negatives.map((one) => ({ ...responseOf(one), target: false, label: "negative" as const })),
    ],
  };
}

/** The tokens that were sampled, where they are known: token in, token out. */
const responseOf = ({ text, tokenIds, finish }: JudgedCandidate) => ({
  text,
  ...(tokenIds === undefined ? {} : { tokenIds }),
  ...(finish === undefined ? {} : { finish }),
});
