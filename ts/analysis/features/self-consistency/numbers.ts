/** Greedy answers against votes of samples: maj@j, best of j and pass@j, and each method's ways of answering. */
import { z } from "zod";
import { defined } from "../../../core/defined.ts";
import type { Difference, SelfConsistency, Share } from "../../generated/report.ts";
import { evaluatedMethods, type Resampling, type SignFlipTest } from "../../measure/draws.ts";
import { count, differenceSchema, label, metricSchema, name, shareSchema } from "../../measure/schema.ts";
import {
  bootstrapInterval,
  differenceOfSeries,
  measure,
  pairedSeeds,
  type SeedSeries,
} from "../../measure/series.ts";
import { questionIds } from "../../measure/tallies.ts";
import { judgeTogether } from "../../measure/verdicts.ts";
import { mostSamples, passTally } from "../../metrics/sampled.ts";
import {
  bestBySize,
  type CurveName,
  curveNames,
  curveSizes,
  majorityBySize,
  sizeTally,
} from "../../metrics/self-consistency.ts";
import { noShare, ratio, type Tally, total } from "../../metrics/tally.ts";
import { roleOf } from "../../run/roles.ts";
import type { Arm, RunData } from "../../run/run-data.ts";
import { bootstrapRatios } from "../../statistics/bootstrap.ts";
import { discordant, mcnemarExact } from "../../statistics/p-values.ts";
import { numbers } from "../feature.ts";

/** How a question is answered: greedily, by a vote of k samples, or as the best-scored of them. */
export const decodings = ["greedy", "majority", "best"] as const;
export type Decoding = (typeof decodings)[number];

export const bySizeSchema = shareSchema.extend({
  size: count.meta({ description: "j: how many samples are used" }),
});

export const selfConsistencySchema = z.object({
  k: count.meta({ description: "samples a test question" }),
  baseline: z
    .string()
    .optional()
    .meta({ description: "the method whose greedy and maj@k answers the others are held against" }),
  methods: z
    .array(
      z.object({
        name,
        label,
        curves: z
          .object({
            majority: z.array(bySizeSchema).meta({ description: "maj@j: the most frequent answer of j" }),
            best: z
              .array(bySizeSchema)
              .meta({ description: "the best-scored of j; empty where a sample has no score" }),
            pass: z.array(bySizeSchema).meta({ description: "pass@j: one of j is right" }),
          })
          .meta({ description: "share right by how many of the k samples are used" }),
        decodings: z
          .array(
            z.object({
              decoding: z.enum(decodings).meta({ description: "how a question is answered" }),
              samples: count.meta({ description: "a question" }),
              accuracy: metricSchema.meta({ description: "share of the questions answered rightly" }),
              againstGreedy: differenceSchema
                .nullable()
                .meta({ description: "minus the baseline's greedy answers; null: it is that" }),
              againstMajority: differenceSchema
                .nullable()
                .meta({ description: "minus the baseline's vote of k samples; null: it is that" }),
            }),
          )
          .meta({ description: "greedy, by vote, and best-scored" }),
      }),
    )
    .meta({ description: "in the order of the table" }),
});

export const selfConsistency = numbers({
  schema: {
    selfConsistency: selfConsistencySchema
      .optional()
      .meta({ description: "greedy answers against votes of samples; only with samples" }),
  },
  compute: ({ headline, ...resampling }) =>
    defined({ selfConsistency: selfConsistencyOf(headline, resampling) }),
});

type MethodPart = SelfConsistency["methods"][number];

/** maj@j, best of j and pass@j by j, and each method's ways of answering against the baseline's. */
export function selfConsistencyOf(
  run: RunData,
  { seed, resamples, test }: Resampling,
): SelfConsistency | undefined {
  const k = Math.max(0, ...run.arms.map(({ samples }) => mostSamples(samples)));
  if (k < 2) return undefined;
  const ids = questionIds(run);
  const sizes = curveSizes(k);
  const none = ids.map(() => noShare);
  const methods = evaluatedMethods(run);
  const tallied = methods.map(({ name }) =>
    run.arms.filter(({ method }) => method === name).map((arm) => tallyOf(arm, ids, k)),
  );
  // One bootstrap for all, so that every difference is a paired one.
  const curves = tallied.flatMap((arms) =>
    curveNames.flatMap((name) =>
      sizes.map((size) =>
        // Of some seeds alone it would be of other weights than the rest.
        together(
          arms.map((arm) =>
            name === "best" && !arms.every(({ scored }) => scored) ? none : arm.curve(name, size),
          ),
        ),
      ),
    ),
  );
  const series = tallied.flatMap((arms) => arms.flatMap((arm) => decodings.map((name) => arm.decoded[name])));
  const draws = bootstrapRatios([...curves, ...series], seed, resamples);
  let next = 0;
  const curvesOf = tallied.map(
    () =>
      Object.fromEntries(
        curveNames.map((name) => [
          name,
          sizes
            .map((size) => ({ size, ...shareOf(curves[next]!, draws[next++]!) }))
            .filter(({ value }) => value !== null),
        ]),
      ) as unknown as MethodPart["curves"],
  );
  const decoded = tallied.map((arms) => {
    const perArm = arms.map(({ arm, decoded }) =>
      decodings.map((name) => ({ seed: arm.seed, tallies: decoded[name], draws: draws[next++]! })),
    );
    return Object.fromEntries(
      decodings.map((name, which) => [name, perArm.map((arm) => arm[which]!)]),
    ) as unknown as Record<Decoding, SeedSeries[]>;
  });
  const base = baselineAt(methods);
  const parts = methods.map(({ name, label }, which): MethodPart => {
    const against = (decoding: Decoding, baseline: Decoding): Difference | null =>
      base < 0 || (base === which && decoding === baseline)
        ? null
        : paired(
            pairedSeeds(decoded[which]![decoding], decoded[base]![baseline]),
            decoding === "greedy" && baseline === "greedy",
            test,
          );
    return {
      name,
      label,
      curves: curvesOf[which]!,
      decodings: decodings
        .map((decoding) => ({
          decoding,
          samples: decoding === "greedy" ? 1 : k,
          accuracy: measure(decoded[which]![decoding], decoding === "greedy"),
          againstGreedy: against(decoding, "greedy"),
          againstMajority: against(decoding, "majority"),
        }))
        .filter(({ accuracy }) => accuracy.value !== null),
    };
  });
  for (const baseline of ["againstGreedy", "againstMajority"] as const)
    judgeTogether(testedOf(parts, baseline));
  return { k, ...defined({ baseline: methods[base]?.name }), methods: parts };
}

/** Greedy answers of one seed have McNemar's exact test, here as in the table of results. */
function paired(seeds: ReturnType<typeof pairedSeeds>, isGreedy: boolean, test: SignFlipTest): Difference {
  const [first] = seeds;
  if (!isGreedy || seeds.length !== 1 || first === undefined) return differenceOfSeries(seeds, test);
  const { onlyThis, onlyBaseline } = discordant(first[0].tallies, first[1].tallies);
  return differenceOfSeries(seeds, () => mcnemarExact(onlyThis, onlyBaseline));
}

/** Continued VFT, the fair one, or else VFT as it is. */
function baselineAt(methods: RunData["methods"]): number {
  const continued = methods.findIndex((method) => roleOf(method) === "continued");
  return continued >= 0 ? continued : methods.findIndex((method) => roleOf(method) === "kept");
}

/** Every difference of one column: what Holm's adjustment goes over. */
export const testedOf = (
  methods: readonly MethodPart[],
  baseline: "againstGreedy" | "againstMajority",
): Difference[] =>
  methods.flatMap((method) =>
    method.decodings.flatMap(({ [baseline]: difference }) => (difference?.p == null ? [] : [difference])),
  );

function tallyOf(arm: Arm, ids: readonly string[], k: number) {
  const samples = new Map(
    arm.samples.map(({ id, candidates }) => [
      id,
      {
        majority: majorityBySize(candidates),
        best: bestBySize(candidates),
        pass: candidates.map((_, at) => passTally(candidates, at + 1).numerator),
      },
    ]),
  );
  const correct = new Map(arm.predictions.map(({ questionId, correct: right }) => [questionId, right]));
  const curve = (name: CurveName, size: number): Tally[] =>
    ids.map((id) => sizeTally(samples.get(id)?.[name] ?? null, size));
  const greedy = ids.map((id): Tally => {
    const right = correct.get(id);
    return right === undefined ? noShare : { numerator: right ? 1 : 0, denominator: 1 };
  });
  // A method of which some samples have no score has no best of k: over the others alone it would be of other questions.
  const scored = arm.samples.every(({ id }) => samples.get(id)!.best !== null);
  const best = scored ? curve("best", k) : ids.map(() => noShare);
  return {
    arm,
    scored,
    curve,
    decoded: { greedy, majority: curve("majority", k), best },
  };
}

/** A question's tallies over all seeds: every seed asks the same questions, so that each weighs the same. */
const together = (seeds: readonly (readonly Tally[])[]): Tally[] =>
  seeds[0]!.map((_, at) => ({
    numerator: seeds.reduce((sum, tallies) => sum + tallies[at]!.numerator, 0),
    denominator: seeds.reduce((sum, tallies) => sum + tallies[at]!.denominator, 0),
  }));

const shareOf = (tallies: readonly Tally[], draws: Float64Array): Share => ({
  value: ratio(tallies),
  interval: bootstrapInterval(draws, [tallies]),
  n: total(tallies),
});
