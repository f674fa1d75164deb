import type {
  PackedCot,
  PackedIndex,
  SampleChunk,
  TextChunk,
} from "../analysis/features/questions/packed.ts";
import { PatternSearch } from "./pattern.ts";
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
  text: string;
  /** The text is a regular expression. */
  isPattern: boolean;
  within: Within;
  inSamples: boolean;
  /** False: a later search has taken its place. */
  wanted: () => boolean;
  /** @param done 0 to 1 */
  onProgress: (done: number) => void;
}

/**
 * The places of all questions with the text; undefined where they are no longer wanted. Keys and clicks have their turn meanwhile.
 * @throws Error for what is no regular expression, and for one that takes too long
 */
export async function searchQuestions(search: Search): Promise<Set<number> | undefined> {
  const { index, readChunk, text, isPattern, within, inSamples, wanted, onProgress } = search;
  const pattern = isPattern ? new PatternSearch(text) : undefined;
  const find = async (strings: readonly string[]): Promise<Places> =>
    pattern === undefined ? placesOf(strings, text) : pattern.placesIn(strings);
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
  try {
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
  } finally {
    pattern?.close();
  }
}
