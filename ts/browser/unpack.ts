/**
 * @typedef {import("../packed.ts").PackedCot} PackedCot
 * @typedef {import("../packed.ts").TextChunk} TextChunk
 * @typedef {import("../packed.ts").SampleChunk} SampleChunk
 * @typedef {import("../packed.ts").PackedIndex} PackedIndex
 * @typedef {{ extracted: string | null, correct: boolean }} Judged
 * @typedef {{
 *   text: string, extracted: string | null, correct: boolean, cutOff: boolean, stepsValid: boolean | undefined,
 *   byMode: { strict: Judged, flexible: Judged } | undefined, score: number | null,
 *   firstWrongStep: { line: number, reason: string } | undefined,
 * }} Cot
 */

/** As packed.ts has them: correct, cutOff, stepsChecked, stepsValid, bothRules, strictCorrect, flexibleCorrect. */
const bits = [1, 2, 4, 8, 16, 32, 64];

/** Mean log-probability a token, nats. @param {number | null | undefined} packed */
export const unpackScore = (packed) => (packed === null || packed === undefined ? null : packed / 10_000);

/**
 * @param {PackedCot} packed
 * @param {string[]} strings
 * @returns {Cot}
 */
export function unpackCot([text, flags, extracted, score, strict, flexible, line, reason], strings) {
  const [correct, cutOff, checked, valid, both, strictCorrect, flexibleCorrect] = bits.map(
    (bit) => ((flags ?? 0) & bit) !== 0,
  );
  /** @param {number | null | undefined} place */
  const at = (place) => (place === null || place === undefined ? null : (strings[place] ?? null));
  return {
    text: at(text) ?? "",
    extracted: at(extracted),
    correct: correct === true,
    cutOff: cutOff === true,
    stepsValid: checked ? valid : undefined,
    byMode: both
      ? {
          strict: { extracted: at(strict), correct: strictCorrect === true },
          flexible: { extracted: at(flexible), correct: flexibleCorrect === true },
        }
      : undefined,
    score: unpackScore(score),
    firstWrongStep: line === null || line === undefined ? undefined : { line, reason: at(reason) ?? "" },
  };
}

/**
 * A question with the greedy COT of every arm.
 * @param {PackedIndex} index
 * @param {TextChunk} chunk
 * @param {number} row
 * @param {number} q the question's place in the index
 */
export function unpackTexts(index, { strings, rows }, row, q) {
  const packed = rows[row];
  if (packed === undefined) throw new Error(`no row ${row} in a chunk of ${rows.length}`);
  const [question, answer, reference, prompts, greedy] = packed;
  return {
    id: index.ids[q] ?? "",
    question: strings[question] ?? "",
    answer: strings[answer] ?? "",
    reference: reference === null ? undefined : strings[reference],
    /** For each seed. */
    prompts: prompts.map((own, seed) => {
      const [start, end] = index.promptEnds[seed]?.[index.taskOf[q] ?? 0] ?? ["", ""];
      return own === null ? undefined : start + strings[own] + end;
    }),
    /** For each arm. */
    greedy: greedy.map((cot) => (cot === null ? undefined : unpackCot(cot, strings))),
  };
}

/**
 * A question's samples; undefined where they were left out.
 * @param {SampleChunk} chunk
 * @param {number} row
 */
export function unpackSamples({ strings, rows }, row) {
  const packed = rows[row];
  if (packed === undefined || packed === null) return undefined;
  const [vft, scores, own] = packed;
  return {
    /** The VFT model's COTs for each seed. */
    vft: vft.map((cots) => cots.map((cot) => unpackCot(cot, strings))),
    /** For each arm, of the COTs of its seed. */
    scores: scores.map((ofArm) => ofArm?.map(unpackScore) ?? null),
    /** For each arm, its own. */
    own: own.map((cots) => cots.map((cot) => unpackCot(cot, strings))),
  };
}
