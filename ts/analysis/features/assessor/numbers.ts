import { z } from "zod";
import type { Group } from "../../../core/records.ts";
import type { Reliability, Share } from "../../generated/report.ts";
import { label, name, number, shareSchema } from "../../measure/schema.ts";
import type { RunData } from "../../run/run-data.ts";
import { wilsonInterval } from "../../statistics/interval.ts";
import { numbers } from "../feature.ts";

const binSchema = shareSchema.extend({
  bin: z.int().meta({ description: "1: the lowest scores" }),
  low: number.meta({ description: "lowest score of the bin, over all seeds" }),
  high: number.meta({ description: "highest score of the bin, over all seeds" }),
});
const rankSchema = shareSchema.extend({ rank: z.int().meta({ description: "1: the best-scored COT" }) });

/** Is the score a good assessor? Shares of right COTs by their score; intervals are Wilson's. */
export const reliabilitySchema = z.array(
  z.object({
    name,
    label,
    byScore: z
      .array(binSchema)
      .meta({ description: "COTs of all questions in equal parts by score (deciles), seed by seed" }),
    byRank: z.array(rankSchema).meta({
      description: "within a question: only questions that have a right and a wrong COT",
    }),
    any: shareSchema.meta({ description: "share right of all COTs of those questions: scores of no use" }),
  }),
);

export const reliability = numbers({
  schema: {
    reliability: reliabilitySchema
      .optional()
      .meta({ description: "is the score a good assessor? by method; older reports have none" }),
  },
  compute: ({ headline }) => ({ reliability: reliabilityOf(headline) }),
});

interface Scored {
  score: number;
  correct: boolean;
}

/** The held-out COTs of the VFT model under every method's own score, each text once a question. */
export const reliabilityOf = (run: RunData): Reliability[] =>
  run.methods
    .map(({ name, label }) => {
      const arms = run.arms.filter(({ method }) => method === name);
      const seeds = arms.map(({ heldOut }) => heldOut.map(distinct));
      const withPair = seeds
        .flat()
        .filter((cots) => cots.some(({ correct }) => correct) && cots.some(({ correct }) => !correct));
      return {
        name,
        label,
        byScore: byScore(seeds.map((groups) => groups.flat())),
        byRank: byRank(withPair),
        any: shareOf(withPair.flat()),
      };
    })
    .filter(({ byScore, byRank }) => byScore.length + byRank.length > 0);

function distinct({ candidates }: Group): Scored[] {
  const byText = new Map(candidates.map((candidate) => [candidate.text, candidate]));
  return [...byText.values()].map(({ score, correct }) => ({ score: score!, correct }));
}

/** So many COTs a bin at least, or its share says nothing. */
const fewestInBin = 20;
const mostBins = 10;

function byScore(seeds: readonly Scored[][]): Reliability["byScore"] {
  const fewest = Math.min(...seeds.map((cots) => cots.length));
  const bins = Math.min(mostBins, Math.floor(fewest / fewestInBin));
  if (!(bins >= 2)) return [];
  const parts = seeds.map((cots) => {
    const sorted = cots.toSorted((a, b) => a.score - b.score);
    return Array.from({ length: bins }, (_, bin) =>
      sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins)),
    );
  });
  return Array.from({ length: bins }, (_, at) => {
    const cots = parts.flatMap((part) => part[at]!);
    const scores = cots.map(({ score }) => score);
    return { bin: at + 1, low: Math.min(...scores), high: Math.max(...scores), ...shareOf(cots) };
  });
}

/** Fewer questions than this have so many COTs: no row. */
const fewestQuestions = 5;

/** Each question adds one COT to a rank, so that a rank's COTs do not hang together but by the seeds. */
function byRank(questions: readonly Scored[][]): Reliability["byRank"] {
  const sorted = questions.map((cots) => cots.toSorted((a, b) => b.score - a.score));
  const most = Math.max(0, ...sorted.map((cots) => cots.length));
  return Array.from({ length: most }, (_, at) => ({
    rank: at + 1,
    ...shareOf(sorted.flatMap((cots) => cots[at] ?? [])),
  })).filter(({ n }) => n >= fewestQuestions);
}

function shareOf(cots: readonly Scored[]): Share {
  const right = cots.filter(({ correct }) => correct).length;
  const n = cots.length;
  return { value: n === 0 ? null : right / n, interval: wilsonInterval(right, n), n };
}
