import type { Group } from "../../../core/records.ts";
import { scoreOf } from "../../metrics/scores.ts";
import type { Arm } from "../../run/run-data.ts";
import { packCot, packScore } from "./cots.ts";
import type { Entry } from "./entries.ts";
import type { ChunkPlace, PackedCot, SampleRow, TextRow } from "./packed.ts";
import { type Strings, scriptJson, uniqueStrings } from "./strings.ts";

/** Small enough to be read between two key presses, large enough that a search opens few. In characters. */
const chunkSize = 1_000_000;

export interface Chunk extends ChunkPlace {
  /** JSON that is safe in a script. */
  json: string;
}

/** Rows with a list of their strings, closed whenever that has grown to a chunk's size. */
export function cutIntoChunks<Row>(
  kind: string,
  count: number,
  pack: (q: number, strings: Strings) => Row,
): Chunk[] {
  const chunks: Chunk[] = [];
  let rows: Row[] = [];
  let strings = uniqueStrings();
  let [size, measured] = [0, 0];
  const close = (end: number): void => {
    const json = scriptJson({ strings: strings.list, rows });
    chunks.push({ name: `${kind}-${chunks.length}`, first: end - rows.length, count: rows.length, json });
    rows = [];
    strings = uniqueStrings();
    [size, measured] = [0, 0];
  };
  for (let q = 0; q < count; q++) {
    rows.push(pack(q, strings));
    for (; measured < strings.list.length; measured++) size += strings.list[measured]!.length;
    if (size > chunkSize) close(q + 1);
  }
  if (rows.length > 0) close(count);
  return chunks;
}

export function packTexts(
  { question, answer, reference, greedy }: Entry,
  promptMiddles: (string | undefined)[],
  strings: Strings,
): TextRow {
  return [
    strings.place(question ?? ""),
    strings.place(answer),
    strings.place(reference),
    promptMiddles.map((middle) => strings.place(middle)),
    greedy.map((prediction) => (prediction === undefined ? null : packCot(prediction, strings))),
  ];
}

export function packSamples(
  { samples, heldOut }: Entry,
  arms: readonly Pick<Arm, "seed">[],
  seeds: readonly number[],
  strings: Strings,
): SampleRow {
  const vft = seeds.map((seed) => heldOut.find((group, arm) => group && arms[arm]!.seed === seed));
  const cotsOf = (group: Group | undefined, scored: boolean): PackedCot[] =>
    (group?.candidates ?? []).map((candidate) => packCot(candidate, strings, scored));
  return [
    vft.map((group) => cotsOf(group, false)),
    heldOut.map((group, arm) => scoresInOrder(group, vft[seeds.indexOf(arms[arm]!.seed)])),
    samples.map((group) => cotsOf(group, true)),
  ];
}

/** An arm's scores of the COTs that all arms of its seed score; by text, should an arm have them in another order. */
function scoresInOrder(group: Group | undefined, vft: Group | undefined): (number | null)[] | null {
  if (group === undefined || vft === undefined) return null;
  const byText = new Map(group.candidates.toReversed().map((candidate) => [candidate.text, candidate]));
  return vft.candidates.map(({ text }, at) => {
    const candidate = group.candidates[at];
    const scored = candidate?.text === text ? candidate : byText.get(text);
    return scored === undefined ? null : packScore(scoreOf(scored));
  });
}
