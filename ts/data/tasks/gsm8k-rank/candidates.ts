import { z } from "zod";
import { defined } from "../../../core/defined.ts";
import { nearestName, type Problem } from "../../../core/errors.ts";
import type { JudgedCandidate } from "../../../core/records.ts";

const candidateSchema = z.union([
  z.string(),
  z.looseObject({
    text: z.string(),
    rank: z.number().optional(),
    score: z.number().optional(),
    generator: z.string().optional(),
  }),
]);

/**
 * A row, its candidates in either of two forms: with what ranks each beside its text, or texts and their scores side by side.
 * `{"question": "Mia has 3 boxes of 4 pens. How many pens?", "answer": "3*4=<<3*4=12>>12\n#### 12",
 *   "candidates": [{"text": "3 times 4 is 12.\n#### 12", "rank": 1}, {"text": "#### 12", "rank": 2}, {"text": "3+4\n#### 7", "rank": 3}]}`
 * `{"question": "...", "responses": ["3 times 4 is 12.\n#### 12", "3+4\n#### 7"], "scores": [0.9, 0.2]}`
 */
export const rankedRowSchema = z.looseObject({
  question: z.string().min(1),
  answer: z.string().optional(),
  candidates: z.array(candidateSchema).optional(),
  responses: z.array(candidateSchema).optional(),
  ranks: z.array(z.number()).optional(),
  scores: z.array(z.number()).optional(),
});
export type RankedRow = z.output<typeof rankedRowSchema>;

/** A candidate before it is judged: its place, and its score where it was ranked by one. */
export type RankedText = Pick<JudgedCandidate, "text"> & {
  rank: number;
  reward?: number;
  generator?: string;
};

/** What places candidates. A row uses one of these for all of its candidates. */
type Measure = "rank" | "score" | "generator";

/**
 * The row's candidates with their ranks, 1 the best, equals sharing one: their own ranks, or by their scores (greater is
 * better, and kept as `reward`), or by the place of their generator in the settings' list. Else what is wrong.
 */
export function rankedTexts(
  row: RankedRow,
  generators: readonly string[] | undefined,
): RankedText[] | Problem {
  const field = row.candidates === undefined ? "responses" : "candidates";
  const listed = (row.candidates ?? row.responses)?.map((candidate) =>
    typeof candidate === "string" ? { text: candidate } : candidate,
  );
  if (listed === undefined)
    return {
      what: "missing field candidates",
      expected: "a list of candidates (or responses), each with a rank or a score",
    };
  for (const beside of ["ranks", "scores"] as const)
    if (row[beside] !== undefined && row[beside].length !== listed.length)
      return {
        what: `field ${beside}: another number than there are ${field}`,
        found: row[beside].length,
        expected: `${listed.length}`,
      };
  const members = listed.map((candidate, at) => ({
    ...candidate,
    rank: candidate.rank ?? row.ranks?.[at],
    score: candidate.score ?? row.scores?.[at],
  }));
  const measures: Measure[] = generators === undefined ? ["rank", "score"] : ["rank", "score", "generator"];
  const measure = measures.find((name) => members.some((member) => member[name] !== undefined));
  const without = members.findIndex((member) => measure === undefined || member[measure] === undefined);
  if (without >= 0 || measure === undefined)
    return {
      what: `field ${field}.${Math.max(without, 0)}: nothing says how good this candidate is`,
      found: members[without]?.text,
      expected:
        measure === undefined
          ? "a rank or a score (or a generator, and `generators` in the task's settings, the best first)"
          : `a ${measure}, as the others of its row have`,
    };
  return placed(members, measure, generators ?? [], field);
}

interface Member {
  text: string;
  rank?: number | undefined;
  score?: number | undefined;
  generator?: string | undefined;
}

function placed(
  members: readonly Member[],
  measure: Measure,
  generators: readonly string[],
  field: string,
): RankedText[] | Problem {
  if (measure === "generator") {
    const unknown = members.findIndex(({ generator }) => !generators.includes(generator!));
    if (unknown >= 0)
      return {
        what: `field ${field}.${unknown}.generator: not among the settings' generators`,
        found: members[unknown]!.generator,
        expected: `one of ${generators.join(", ")}`,
        nearest: nearestName(members[unknown]!.generator!, generators),
      };
  }
  // Smaller is better in each.
  const measured = members.map(({ rank, score, generator }) =>
    measure === "rank" ? rank! : measure === "score" ? -score! : generators.indexOf(generator!),
  );
  const levels = [...new Set(measured)].sort((a, b) => a - b);
  return members.map(({ text, score, generator }, at) => ({
    text,
    rank: levels.indexOf(measured[at]!) + 1,
    ...(measure === "score" ? { reward: score! } : {}),
    ...defined({ generator }),
  }));
}
