import type { Experiment } from "../schema/experiment.ts";

/** What is allowed but probably not meant. */
export function warningsOf(experiment: Experiment): string[] {
  const methods = Object.values(experiment.methods);
  const has = (kind: string): boolean => methods.some((method) => method.method === kind);
  const compares = has("aft") || has("rft");
  const warnings: string[] = [];
  if (compares && !has("vft"))
    warnings.push(
      "no method continues VFT (method: vft): a gain over VFT may only mean more training, not a better loss",
    );
  if (compares && !has("keep"))
    warnings.push(
      "no method keeps the VFT weights (method: keep): the report cannot show what changed since VFT",
    );
  if (has("aft") && experiment.stages.sample.k < 2)
    warnings.push("stages.sample.k is 1: no question can have both a positive and a negative sample");
  if (methods.some((method) => method.method === "aft" && method.weight === 0))
    warnings.push("an aft method has weight 0: it is continued VFT");
  return warnings;
}
