import { join } from "node:path";
import type { LossSettings, TrainGroup } from "../../bridge/index.ts";
import type { Method, Training } from "../../config/index.ts";
import { failure } from "../../core/errors.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { type Group, groupSchema, type JudgedCandidate } from "../../core/records.ts";
import { acceptedForRft, sides } from "../../data/index.ts";
import { checkpointIn, labelOf, type PlanNode } from "../context.ts";
import { trainFrom } from "../training.ts";
import { type Base, baseInputs, baseSource, trainingKey } from "./base.ts";

/** A method that trains: all but `keep`. */
export type TrainedMethod = Exclude<Method, { method: "keep" }>;

/** Step 3, and its baselines: further training on the sampled questions, by one method. */
export function alignNode(
  name: string,
  method: TrainedMethod,
  settings: Training,
  from: { base: Base; vft: PlanNode; groups: PlanNode },
  seed: number,
): PlanNode {
  const { label: _label, train: _train, ...exact } = method;
  const fromBase = method.start === "base";
  const node: PlanNode = {
    stage: "align",
    method: name,
    seed,
    settings: { ...exact, ...trainingKey(settings), ...(fromBase ? from.base.settings : {}), seed },
    inputs: { ...(fromBase ? baseInputs(from.base) : { checkpoint: from.vft }), groups: from.groups },
    async work(context, inputs) {
      const groups = await readJsonl(join(inputs.groups!.directory, "groups.jsonl"), groupSchema);
      const start = fromBase ? baseSource(from.base, inputs) : checkpointIn(inputs.checkpoint!);
      const data = groups.map((group) => trainGroup(group, method));
      const facts = await trainFrom(start, context, {
        groups: data,
        settings,
        loss: lossOf(method),
        seed,
        label: labelOf(node),
      });
      return { ...facts, ...describeData(data) };
    },
  };
  return node;
}

function lossOf(method: TrainedMethod): LossSettings {
  if (method.method !== "aft") return { kind: "vft" };
  const { constraint, weight } = method;
  return method.constraint === "boundary"
    ? { kind: "alignment", constraint, weight, beta: method.beta, detachBoundary: method.detachBoundary }
    : { kind: "alignment", constraint, weight, detachBoundary: true };
}

/** What one question gives a method to train on. */
export function trainGroup(group: Group, method: TrainedMethod): TrainGroup {
  if (group.reference === undefined)
    throw failure({
      what: `question "${group.id}" has no reference COT: the VFT term needs one`,
      expected: "a `reference` in every group",
    });
  const reference = { text: group.reference, target: true };
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

function describeData(groups: readonly TrainGroup[]): Record<string, number> {
  const responses = groups.flatMap((group) => group.responses);
  const has = (group: TrainGroup, label: string): boolean =>
    group.responses.some((one) => one.label === label);
  return {
    targets: responses.filter(({ target }) => target).length,
    positives: responses.filter(({ label }) => label === "positive").length,
    negatives: responses.filter(({ label }) => label === "negative").length,
    pairedQuestions: groups.filter((group) => has(group, "positive") && has(group, "negative")).length,
  };
}
