import { z } from "zod";

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

/** `boundary` in an artefact's facts: a distance that was not given as a number, and how it was come by. */
export const boundaryFactsSchema = z.discriminatedUnion("rule", [auto, search]);
export type BoundaryFacts = z.infer<typeof boundaryFactsSchema>;
export type AutoBoundary = z.infer<typeof auto>;

/** What an artefact with weights says of its boundary; undefined where there is none or it was given. */
export const boundaryOf = (facts: Record<string, unknown>): BoundaryFacts | undefined =>
  boundaryFactsSchema.optional().parse(facts.boundary);
