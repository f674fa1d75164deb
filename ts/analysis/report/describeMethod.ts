import type { MethodSummary } from "./schema.ts";

const losses: Record<string, string> = {
  rrhf: "RRHF’s hinge: whenever a worse solution scores above a better one, the two are pulled into order",
  pro: "PRO: each solution is raised against all that rank below it",
  dpo: "DPO: in each pair the better solution is raised against the worse, measured from the starting weights",
};

const restraints: Record<string, string> = {
  none: "wrong ones are pushed down without a limit",
  detached: "wrong ones are a mark to rise above and are not pushed down (detached constraint, DC)",
  boundary:
    "wrong ones are pushed down only to a boundary, beta below the lowest right one, and pulled up again below it (boundary constraint, BC)",
};

/** In the place of what is otherwise in each cell of a sweep. */
export const varied = "varied";

/** What a method does, in a sentence for someone who has not met it. */
export function describeMethod({ method, settings }: Pick<MethodSummary, "method" | "settings">): string {
  if (method === varied) return "varies between the cells";
  if (method === "keep") return "the VFT weights as they are: no further training";
  if (method === "vft") return "further steps on the reference solutions alone: the fair baseline";
  if (method === "rft")
    return "further steps on references and on the model’s own right solutions (rejection sampling)";
  const constraint = typeof settings.constraint === "string" ? settings.constraint : "none";
  const ranked = constraint.startsWith("ranked-");
  const loss =
    losses[method] ??
    (ranked
      ? "better-ranked solutions are raised above worse-ranked ones"
      : "right solutions are raised above wrong ones");
  const restraint = restraints[constraint.replace("ranked-", "")];
  return [loss, restraint].filter(Boolean).join("; ");
}

/** The numbers that a method was given: `weight 3, beta 0.1`; empty where it has none. */
export function givenNumbers({ method, settings }: Pick<MethodSummary, "method" | "settings">): string {
  const { weight, beta, boundaryBeta, train, start } = settings;
  const changes = typeof train === "object" && train !== null ? Object.entries(train) : [];
  return [
    weight === undefined ? "" : `weight ${text(weight)}`,
    beta === undefined ? "" : `${method === "dpo" ? "DPO’s beta" : "beta"} ${text(beta)}`,
    boundaryBeta === undefined ? "" : `beta ${text(boundaryBeta)}`,
    start === "base" ? "starts from the base model" : "",
    ...changes.map(([key, value]) => `${key} ${text(value)}`),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function text(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("search" in value && Array.isArray(value.search)) return `searched among ${value.search.join(", ")}`;
  return Object.entries(value)
    .map(([key, one]) => `${key} ${text(one)}`)
    .join(" ");
}
