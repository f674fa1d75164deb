import type { MethodInfo } from "./input.ts";
import type { Role } from "./schema.ts";

const constraintRoles: Record<string, Role> = {
  none: "unconstrained",
  detached: "detached",
  boundary: "boundary",
};

/** From the experiment's own words: the baselines and the paper's numbers hang on it. */
export function roleOf({ method, settings }: MethodInfo): Role {
  if (method === "keep") return "kept";
  if (method === "vft") return "continued";
  if (method === "rft") return "rft";
  const { constraint } = settings;
  return (method === "aft" && typeof constraint === "string" && constraintRoles[constraint]) || "other";
}
