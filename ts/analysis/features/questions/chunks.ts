import type { Group } from "../../../core/records.ts";
import type { Arm } from "../../run/run-data.ts";
import { packCot, packScore, scoreOf } from "./cots.ts";
import type { Entry } from "./entries.ts";
import type { ChunkPlace, SampleRow, TextRow } from "./packed.ts";
import { type Strings, scriptJson, uniqueStrings } from "./strings.ts";

/** Small enough to be read between two key presses, large enough that a search opens few. In characters. */
const chunkSize = 1_000_000;

export interface Chunk extends ChunkPlace {
  /** JSON that is safe in a script. */
  json: string;
}

/** Rows with their own list of strings, closed whenever it has grown to a chunk's size. */
export function cutIntoChunks<T>(
  kind: string,
  count: number,
  pack: (at: number, strings: Strings) => T,
): Chunk[] {
  const chunks: Chunk[] = [];
  let rows: T[] = [];
  let strings = uniqueStrings();
  let [size, measured] = [0, 0];
  const close = (end: number): void => {
    const json = scriptJson({ strings: strings.list, rows });
    chunks.push({ name: `${kind}-${chunks.length}`, first: end - rows.length, count: rows.length, json });
    rows = [];
    strings = uniqueStrings();
    [size, measured] = [0, 0];
  };
  for (let at = 0; at < count; at++) {
    rows.push(pack(at, strings));
    for (; measured < strings.list.length; measured++) size += strings.list[measured]!.length;
    if (size > chunkSize) close(at + 1);
  }
  if (rows.length > 0) close(count);
  return chunks;
}

export function packTexts(
  { question, answer, reference, greedy }: Entry,
  ownPrompts: (string | undefined)[],
  strings: Strings,
): TextRow {
  return [
    strings.place(question ?? ""),
    strings.place(answer),
    strings.place(reference),
    ownPrompts.map((prompt) => strings.place(prompt)),
    greedy.map((prediction) => (prediction === undefined ? null : packCot(prediction, strings))),
  ];
}

export function packSamples(
  { samples, heldOut }: Entry,
  arms: readonly Pick<Arm, "seed">[],
  seeds: readonly number[],
  strings: Strings,
): SampleRow {
  const shared = seeds.map((seed) =>
    heldOut.find((group, a) => group !== undefined && arms[a]!.seed === seed),
  );
  return [
    shared.map((group) => (group?.candidates ?? []).map((candidate) => packCot(candidate, strings, false))),
    heldOut.map((group, a) => scoresInOrder(group, shared[seeds.indexOf(arms[a]!.seed)])),
    samples.map((group) => (group?.candidates ?? []).map((candidate) => packCot(candidate, strings))),
  ];
}

/** An arm's scores of the COTs that all arms of its seed score; by text, should an arm have them in another order. */
function scoresInOrder(group: Group | undefined, shared: Group | undefined): (number | null)[] | null {
  if (group === undefined || shared === undefined) return null;
  return shared.candidates.map(({ text }, at) => {
    const same =
      group.candidates[at]?.text === text
        ? group.candidates[at]
        : group.candidates.find((one) => one.text === text);
    return same === undefined ? null : packScore(scoreOf(same));
  });
}
