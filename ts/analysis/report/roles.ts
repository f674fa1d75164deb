import type { MethodInfo } from "../run/run-data.ts";
import type { Role } from "./schema.ts";

export const constraints = ["none", "detached", "boundary"] as const;
export type Constraint = (typeof constraints)[number];

type Told = Pick<MethodInfo, "method" | "settings">;

const roleOfConstraint: Record<Constraint, Role> = {
  none: "unconstrained",
  detached: "detached",
  boundary: "boundary",
};

/**
 * From the experiment's own words: the baselines and the paper's numbers hang on it. A constraint by ranks plays the
 * part of the same constraint by labels; the published baselines (RRHF, PRO, DPO), constrained or not, are `other`.
 */
export function roleOf(told: Told): Role {
  const { method } = told;
  if (method === "keep") return "kept";
  if (method === "vft") return "continued";
  if (method === "rft") return "rft";
  const constraint = constraintOf(told);
  return method === "aft" && constraint !== undefined ? roleOfConstraint[constraint] : "other";
}

/** What holds the worse COTs back, by labels or by ranks; undefined for a method without a loss over groups. */
export function constraintOf({ settings: { constraint } }: Told): Constraint | undefined {
  return constraints.find((one) => constraint === one || constraint === `ranked-${one}`);
}

const names: Record<string, string> = { aft: "AFT", rrhf: "RRHF", pro: "PRO", dpo: "DPO" };

/** The loss that a constraint is put on: a row of the ablation; undefined for a method without one. */
export function familyOf({ method, settings: { constraint } }: Told): string | undefined {
  const ranked = typeof constraint === "string" && constraint.startsWith("ranked-");
  return names[method] && `${names[method]}${ranked ? ", by ranks" : ""}`;
}
