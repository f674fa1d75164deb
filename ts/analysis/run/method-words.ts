import { type Constraint, constraintOf, entryOf, isRanked } from "../../config/index.ts";
import type { MethodSummary } from "../generated/report.ts";

const restraints: Record<Constraint, string> = {
  none: "wrong ones are pushed down without a limit",
  detached: "wrong ones are a mark to rise above and are not pushed down (detached constraint, DC)",
  boundary:
    "wrong ones are pushed down only to a boundary, beta below the lowest right one, and pulled up again below it (boundary constraint, BC)",
};

/** In the place of what is otherwise in each cell of a sweep. */
export const varied = "varied";

type Described = Pick<MethodSummary, "method" | "settings">;

/** What a method does, in a sentence for someone who has not met it. */
export function describeMethod({ method, settings }: Described): string {
  if (method === varied) return "varies between the cells";
  const entry = entryOf(method);
  if (entry.kind === "baseline") return entry.words;
  const { words, wordsByRanks = words, unconstrained = restraints.none } = entry;
  // A sweep may vary the constraint.
  const constraint = typeof settings.constraint === "string" ? settings.constraint : "none";
  return `${isRanked(constraint) ? wordsByRanks : words}; ${{ ...restraints, none: unconstrained }[constraintOf({ constraint })]}`;
}

/** What a loss's own beta is called beside the boundary's; undefined where it has none. */
const ownBetaOf = ({ method }: Described) => {
  const entry = method === varied ? undefined : entryOf(method);
  return entry?.kind === "group loss" && entry.ownBeta !== undefined
    ? {
        name: `${entry.title}’s beta`,
        sentence: `${entry.title}’s own beta is another number: ${entry.ownBeta}.`,
      }
    : undefined;
};

/** A sentence for each loss among these that has a beta of its own. */
export const ownBetas = (methods: readonly Described[]): string[] => [
  ...new Set(methods.flatMap((method) => ownBetaOf(method)?.sentence ?? [])),
];

/** Of single losses; a switch is told where it is off. */
const ownSettings = [
  ...["margin", "alpha", "penalty", "temperature", "positiveWeight"],
  ...["divideByDeviation", "divideByLength", "scores", "scale"],
];

/** The numbers that a method was given: `weight 3, beta 0.1`; empty where it has none. */
export function givenNumbers(method: Described): string {
  const { weight, beta, boundaryBeta, train, start } = method.settings;
  const changes = typeof train === "object" && train !== null ? Object.entries(train) : [];
  return [
    weight === undefined ? "" : `weight ${text(weight)}`,
    beta === undefined ? "" : `${ownBetaOf(method)?.name ?? "beta"} ${text(beta)}`,
    boundaryBeta === undefined ? "" : `beta ${text(boundaryBeta)}`,
    ...ownSettings.flatMap((key) => {
      const value = method.settings[key];
      return value === undefined || value === true ? [] : [`${key} ${text(value)}`];
    }),
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
    .map(([key, inner]) => `${key} ${text(inner)}`)
    .join(" ");
}
