/** The distance of the boundary where it is not given as a number: `beta: auto`, or chosen by a search. */
import { z } from "zod";
import { quantile } from "../../analysis/index.ts";
import { failure } from "../../core/errors.ts";
import type { Placed } from "../../data/index.ts";

const shared = { beta: z.number().meta({ description: "mean log-probability, nats a token" }) };
const auto = z.object({
  ...shared,
  rule: z.literal("auto"),
  quantile: z.number(),
  negatives: z.int().meta({ description: "worse COTs of groups with a pair: what the quantile is over" }),
  below: z.number().meta({
    description: "share of them below the boundary under the scores it was worked out from, 0..1",
  }),
});
const search = z.object({ ...shared, rule: z.literal("search") });

/** `boundary` in an artefact's facts: a distance that was not given as a number, and where it is from. */
export const boundaryFactsSchema = z.discriminatedUnion("rule", [auto, search]);
export type BoundaryFacts = z.infer<typeof boundaryFactsSchema>;
export type AutoBoundary = z.infer<typeof auto>;

/** The share of worse COTs that the boundary is to lie below. */
const autoQuantile = 0.9;

/**
 * The 90th percentile, over all worse COTs of groups with a pair, of (lowest better score - own score), at least 0.
 * The boundary then lies below nine of ten worse COTs as the starting weights score them: the loss pushes those down
 * no further than where that model's own tail lies, and pulls up that tail alone. Our reading: the paper (arXiv
 * 2309.02144) tunes beta on a validation set.
 *
 * @param distances of every worse COT: lowest better score - its own score, nats a token
 */
export function autoBeta(distances: readonly number[]): AutoBoundary {
  if (distances.length === 0)
    throw failure({
      what: "beta: auto cannot be worked out: no question has both a better and a worse COT",
      expected: "groups with right and wrong samples (or of different ranks)",
      fix: "sample more (stages.sample.k, questions, temperature), train VFT less, or give beta as a number",
    });
  const sorted = Float64Array.from(distances).sort();
  const beta = Math.max(0, quantile(sorted, autoQuantile));
  return {
    beta,
    rule: "auto",
    quantile: autoQuantile,
    negatives: sorted.length,
    below: sorted.filter((distance) => distance > beta).length / sorted.length,
  };
}

/** Lowest better score - own score (nats a token) of every worse COT among the scored members of a group. */
export const lowestBetterMinusWorse = (members: readonly Placed[]): number[] =>
  members.flatMap(({ candidate, rank }) => {
    const better = members.filter((member) => member.rank < rank).map((member) => member.candidate.score!);
    return better.length === 0 ? [] : [Math.min(...better) - candidate.score!];
  });
