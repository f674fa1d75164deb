import { type Constraint, constraintOf as constraintIn, entryOf, isRanked } from "../../config/index.ts";
import type { MethodInfo } from "./run-data.ts";

export { type Constraint, constraints } from "../../config/index.ts";

/** The part a method plays in the comparison. */
export const roles = ["kept", "continued", "rft", "unconstrained", "detached", "boundary", "other"] as const;
export type Role = (typeof roles)[number];

type Described = Pick<MethodInfo, "method" | "settings">;

/**
 * From the experiment's own words: the baselines and the paper's numbers hang on it. A constraint by ranks plays the
 * part of the same constraint by labels; the published losses (RRHF, PRO, DPO), constrained or not, are `other`.
 */
export function roleOf(method: Described): Role {
  const entry = entryOf(method.method);
  return entry.kind === "baseline" ? entry.role : entry.roles[constraintOf(method)!];
}

/** What holds the worse COTs back, by labels or by ranks; undefined for a method without a loss over groups. */
export const constraintOf = ({ settings: { constraint } }: Described): Constraint | undefined =>
  typeof constraint === "string" ? constraintIn({ constraint }) : undefined;

/** The loss that a constraint is put on: a row of the ablation; undefined for a method without one. */
export function familyOf({ method, settings: { constraint } }: Described): string | undefined {
  const entry = entryOf(method);
  if (entry.kind === "baseline") return undefined;
  return `${entry.title}${isRanked(constraint) ? ", by ranks" : ""}`;
}
