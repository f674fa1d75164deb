import { createHash } from "node:crypto";

/** A stream of random numbers that depends on its seed alone, the same in Node and Deno. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  next(): number;
  /** Uniform integer in [low, high], both ends included. */
  int(low: number, high: number): number;
  pick<T>(values: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(values: readonly T[]): T[];
}

/**
 * xoshiro128** (Blackman and Vigna, 2018), seeded with the SHA-256 of the parts, so that streams named by
 * (seed, purpose, step) do not overlap in practice.
 */
export function randomFrom(...parts: readonly (string | number)[]): Random {
  const seed = createHash("sha256").update(JSON.stringify(parts)).digest();
  const s = new Uint32Array([0, 4, 8, 12].map((at) => seed.readUInt32LE(at)));
  const rotate = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(s[1]!, 5) >>> 0, 7), 9) >>> 0;
    const t = (s[1]! << 9) >>> 0;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11);
    return result / 2 ** 32;
  };
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    pick: (values) => values[int(0, values.length - 1)]!,
    shuffle(values) {
      const copy = [...values];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(0, i);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
  };
}
