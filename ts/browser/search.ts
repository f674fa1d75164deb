import type {
  PackedCot,
  PackedIndex,
  SampleChunk,
  TextChunk,
} from "../analysis/features/questions/packed.ts";
import type { ReadChunk } from "./unpack.ts";

/** The seed's place, and its arms. */
export interface Within {
  seed: number;
  arms: number[];
}

/** The places of a chunk's texts that hold what is sought: each text is looked at once. */
export type Places = ReadonlySet<number | undefined>;

/** Of the texts that hold this one, in large or small letters. */
export function placesOf(strings: readonly string[], text: string): Places {
  const sought = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "iu");
  return new Set(strings.flatMap((string, at) => (sought.test(string) ? [at] : [])));
}

/**
 * An expression as it is typed: large and small letters are the same, ^ and $ stand for the ends of a line. Unicode's rules hold
 * where they take it; they refuse escapes that are not needed, such as \-.
 * @throws SyntaxError for what is none
 */
export function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, "imu");
  } catch {
    return new RegExp(text, "im");
  }
}

/** The rows whose question, reference or greedy COT is at one of the places. */
export function rowsWithText({ rows }: TextChunk, places: Places, { arms }: Within): number[] {
  if (places.size === 0) return [];
  return rows.flatMap(([question, , reference, , greedy], row) =>
    places.has(question) ||
    places.has(reference ?? undefined) ||
    arms.some((arm) => places.has(greedy[arm]?.[0]))
      ? [row]
      : [],
  );
}

/** The rows with a sampled COT at one of the places. */
export function rowsWithSample({ rows }: SampleChunk, places: Places, { seed, arms }: Within): number[] {
  if (places.size === 0) return [];
  const holds = (cots: PackedCot[] | undefined): boolean => cots?.some(([at]) => places.has(at)) === true;
  return rows.flatMap((packed, row) => {
    if (packed === null) return [];
    const [vft, , byArm] = packed;
    return holds(vft[seed]) || arms.some((arm) => holds(byArm[arm])) ? [row] : [];
  });
}

export interface Search {
  index: PackedIndex;
  readChunk: ReadChunk;
  find: (strings: readonly string[]) => Places | Promise<Places>;
  within: Within;
  inSamples: boolean;
  /** False: a later search has taken its place. */
  wanted: () => boolean;
  /** @param done 0 to 1 */
  onProgress: (done: number) => void;
}

/** The places of all questions with what is sought; undefined where they are no longer wanted. Keys and clicks have their turn meanwhile. */
export async function searchQuestions(search: Search): Promise<Set<number> | undefined> {
  const { index, readChunk, find, within, inSamples, wanted, onProgress } = search;
  const matching = new Set<number>();
  const chunks = [
    ...index.texts.map((place) => ({
      place,
      rows: async () => {
        const chunk = await readChunk<TextChunk>(place.name);
        return rowsWithText(chunk, await find(chunk.strings), within);
      },
    })),
    ...(inSamples ? index.samples : []).map((place) => ({
      place,
      rows: async () => {
        const chunk = await readChunk<SampleChunk>(place.name);
        return rowsWithSample(chunk, await find(chunk.strings), within);
      },
    })),
  ];
  let shownMs = performance.now();
  for (const [at, { place, rows }] of chunks.entries()) {
    for (const row of await rows()) matching.add(place.first + row);
    if (!wanted()) return undefined;
    if (performance.now() - shownMs > 100) {
      onProgress(at / chunks.length);
      await new Promise((resolve) => setTimeout(resolve));
      shownMs = performance.now();
    }
  }
  return matching;
}
