import { join } from "node:path";
import type { LossSettings, TrainGroup } from "../../bridge/index.ts";
import { boundaryBetaOf, type Training } from "../../config/index.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { groupSchema } from "../../core/records.ts";
import { checkpointIn, labelOf, type PlanNode } from "../context.ts";
import { type TrainedMethod, trainGroup } from "../train-groups.ts";
import { trainFrom } from "../training.ts";
import { type Base, baseInputs, baseSource, trainingKey } from "./base.ts";

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
      const beta = boundaryBetaOf(method);
      const groups = await readJsonl(join(inputs.groups!.directory, "groups.jsonl"), groupSchema);
      const start = fromBase ? baseSource(from.base, inputs) : checkpointIn(inputs.checkpoint!);
      const data = groups.map((group) => trainGroup(group, method));
      const facts = await trainFrom(start, context, {
        groups: data,
        settings,
        loss: lossOf(method, beta as number | undefined),
        seed,
        label: labelOf(node),
      });
      return { ...facts, ...describeData(data) };
    },
  };
  return node;
}

/** `beta`: where the boundary lies, for a method that has one. */
export function lossOf(method: TrainedMethod, beta: number | undefined): LossSettings {
  if (method.method === "vft" || method.method === "rft") return { kind: "vft" };
  const { weight } = method;
  const bounded = beta === undefined ? {} : { beta };
  switch (method.method) {
    case "aft": {
      const detachBoundary = "detachBoundary" in method ? method.detachBoundary : true;
      return { kind: "alignment", constraint: method.constraint, weight, detachBoundary, ...bounded };
    }
    case "dpo":
      return {
        kind: "dpo",
        constraint: method.constraint,
        weight,
        vftWeight: method.vftWeight,
        dpoBeta: method.beta,
        ...bounded,
      };
    default:
      return {
        kind: method.method,
        constraint: method.constraint,
        weight,
        vftWeight: method.vftWeight,
        ...bounded,
      };
  }
}

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
