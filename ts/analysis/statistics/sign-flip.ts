import { randomFrom } from "../../core/random.ts";

/** Enough that a p of .05 is known to within .004 (two standard errors). */
const defaultDraws = 10_000;
/** Up to so many units all sign patterns are tried: 2^16 are hardly more than the draws. */
const mostEnumerated = 16;

/**
 * Two-sided paired permutation test (Fisher 1935, by sign flips). Where two methods do not differ, exchanging their results
 * on one question changes nothing but the sign of that question's difference. So |sum of differences| is set against
 * that of random signs: p = (b + 1) / (draws + 1), b counting the draws that reach it (Phipson and Smyth 2010); all
 * patterns are tried, and p is exact, where at most 16 differences are not 0.
 * @param longest the most differences a series has
 * @returns the test of a series, one difference a question; the signs are drawn once, so a series always has the same p
 */
export function signFlipTest(longest: number, seed: string | number, draws = defaultDraws) {
  let signs: Uint8Array | undefined;
  const bytesADraw = Math.ceil(longest / 8);
  return (differences: ArrayLike<number>): number => {
    // A difference of 0 is the same with either sign.
    const units = Float64Array.from(differences).filter((difference) => difference !== 0);
    const sums = blockSums(units);
    const total = units.reduce((sum, value) => sum + value, 0);
    // Sums of the same numbers in another order differ in their last digits: those are ties.
    const limit = Math.abs(total) - 1e-10 * units.reduce((sum, value) => sum + Math.abs(value), 0);
    if (units.length <= mostEnumerated) {
      const patterns = { count: 2 ** units.length, bytes: 2, signs: allPatterns(units.length) };
      return reaching(sums, limit, patterns) / patterns.count;
    }
    signs ??= randomBytes(bytesADraw * draws, seed);
    return (reaching(sums, limit, { count: draws, bytes: bytesADraw, signs }) + 1) / (draws + 1);
  };
}

/** So many blocks' sums stay in the processor's nearest memory while all draws go over them. */
const blocksAtATime = 16;

/** So many sign patterns, each of so many bytes: a bit a difference. */
interface Patterns {
  count: number;
  bytes: number;
  signs: Uint8Array;
}

/** How many sign patterns give a sum as far from 0 as the limit. */
function reaching(sums: Float64Array, limit: number, { count, bytes, signs }: Patterns): number {
  const totals = new Float64Array(count);
  const blocks = sums.length / 256;
  for (let from = 0; from < blocks; from += blocksAtATime) {
    const to = Math.min(from + blocksAtATime, blocks);
    for (let draw = 0; draw < count; draw++) {
      let sum = totals[draw]!;
      for (let block = from; block < to; block++) sum += sums[256 * block + signs[draw * bytes + block]!]!;
      totals[draw] = sum;
    }
  }
  return totals.reduce((reached, sum) => (Math.abs(sum) >= limit ? reached + 1 : reached), 0);
}

/**
 * For every 8 differences their 256 signed sums, one after the other, bit i saying that the i-th is taken as it is: one
 * look-up for eight.
 */
function blockSums(units: Float64Array): Float64Array {
  const blocks = new Float64Array(256 * Math.ceil(units.length / 8));
  for (let block = 0; 8 * block < units.length; block++) {
    const sums = blocks.subarray(256 * block, 256 * block + 256);
    // Those of the first i differences are there: each gives two, with and against the next.
    for (let i = 0; i < 8; i++) {
      const value = units[8 * block + i] ?? 0;
      for (let bits = 0; bits < 1 << i; bits++) {
        const sum = sums[bits]!;
        sums[bits | (1 << i)] = sum + value;
        sums[bits] = sum - value;
      }
    }
  }
  return blocks;
}

const allPatterns = (units: number): Uint8Array =>
  Uint8Array.from({ length: 2 * 2 ** units }, (_, at) => (at % 2 === 0 ? at >> 1 : at >> 9));

function randomBytes(count: number, seed: string | number): Uint8Array {
  const random = randomFrom("sign flips over questions", seed);
  const words = Uint32Array.from({ length: Math.ceil(count / 4) }, () => random.next() * 2 ** 32);
  return new Uint8Array(words.buffer);
}
