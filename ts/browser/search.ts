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

/** The places of a chunk's texts that hold what is sought, in large or small letters: each text is looked at once. */
function placesOf(strings: string[], text: string): Set<number | undefined> {
  const sought = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "iu");
  return new Set(strings.flatMap((string, at) => (sought.test(string) ? [at] : [])));
}

/** The rows whose question, reference or greedy COT holds the text. */
export function rowsWithText({ strings, rows }: TextChunk, text: string, { arms }: Within): number[] {
  const places = placesOf(strings, text);
  if (places.size === 0) return [];
  return rows.flatMap(([question, , reference, , greedy], row) =>
    places.has(question) ||
    places.has(reference ?? undefined) ||
    arms.some((arm) => places.has(greedy[arm]?.[0]))
      ? [row]
      : [],
  );
}

/** The rows with a sampled COT that holds the text. */
export function rowsWithSample(chunk: SampleChunk, text: string, { seed, arms }: Within): number[] {
  const places = placesOf(chunk.strings, text);
  if (places.size === 0) return [];
  const holds = (cots: PackedCot[] | undefined): boolean => cots?.some(([at]) => places.has(at)) === true;
  return chunk.rows.flatMap((packed, row) => {
    if (packed === null) return [];
    const [vft, , byArm] = packed;
    return holds(vft[seed]) || arms.some((arm) => holds(byArm[arm])) ? [row] : [];
  });
}

export interface Search {
  index: PackedIndex;
  readChunk: ReadChunk;
  text: string;
  within: Within;
  inSamples: boolean;
  /** False: a later search has taken its place. */
  wanted: () => boolean;
  /** @param done 0 to 1 */
  onProgress: (done: number) => void;
}

/** The places of all questions with the text; undefined where they are no longer wanted. Keys and clicks have their turn meanwhile. */
export async function searchQuestions(search: Search): Promise<Set<number> | undefined> {
  const { index, readChunk, text, within, inSamples, wanted, onProgress } = search;
  const matching = new Set<number>();
  const chunks = [
    ...index.texts.map((place) => ({
      place,
      rows: async () => rowsWithText(await readChunk(place.name), text, within),
    })),
    ...(inSamples ? index.samples : []).map((place) => ({
      place,
      rows: async () => rowsWithSample(await readChunk(place.name), text, within),
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
