import { createHash } from "node:crypto";
import type { Group } from "../../../core/records.ts";
import type { RunSummary } from "../../generated/report.ts";
import { scoreOf } from "../../metrics/scores.ts";
import type { RunData } from "../../run/run-data.ts";
import { type Chunk, cutIntoChunks, packSamples, packTexts } from "./chunks.ts";
import { packScore } from "./cots.ts";
import { type Entry, entriesOf } from "./entries.ts";
import type { ChunkPlace, PackedIndex } from "./packed.ts";
import { commonEnds, scriptJson } from "./strings.ts";

export interface Packed {
  index: PackedIndex;
  /** Texts first, then samples. */
  chunks: Chunk[];
}

/** Characters of a question that the list shows. */
const previewLength = 140;

/**
 * Everything that the browser shows, packed; undefined where no question was asked.
 * @param maxBytes of all chunks together, roughly. Greedy answers are always there; samples of as many questions as fit
 */
export function packRun(
  run: RunData,
  summary: RunSummary,
  maxBytes = Number.POSITIVE_INFINITY,
): Packed | undefined {
  const methods = summary.methods.filter(({ name }) => run.arms.some((arm) => arm.method === name));
  const arms = methods.flatMap(({ name }) => run.arms.filter(({ method }) => method === name));
  const entries = entriesOf(run, arms);
  if (entries.length === 0) return undefined;
  const { promptEnds, promptMiddles } = splitPrompts(run, entries);
  for (const [q, entry] of entries.entries())
    entry.question ??= promptMiddles[q]!.find((prompt) => prompt !== undefined)?.trim() ?? entry.id;
  const texts = cutIntoChunks("texts", entries.length, (q, strings) =>
    packTexts(entries[q]!, promptMiddles[q]!, strings),
  );
  const fitting = questionsWithSamples(run, entries, maxBytes - bytesOf(texts));
  const samples =
    fitting.size === 0
      ? []
      : cutIntoChunks("samples", entries.length, (q, strings) =>
          fitting.has(q) ? packSamples(entries[q]!, arms, run.seeds, strings) : null,
        );
  const chunks = [...texts, ...samples];
  const index: PackedIndex = {
    stamp: stampOf(chunks),
    folder: null,
    methods: methods.map(({ label, role }) => ({ label, role })),
    seeds: run.seeds,
    arms: arms.map(({ method, seed }) => ({
      method: methods.findIndex(({ name }) => name === method),
      seed: run.seeds.indexOf(seed),
    })),
    tasks: run.tasks.map(({ name, extract }) => ({ name, extract: extract ?? null })),
    promptEnds,
    ids: entries.map(({ id }) => id),
    taskOf: entries.map(({ task }) => task),
    previews: entries.map(({ question }) => preview(question ?? "")),
    outcomes: arms.map((_, a) => entries.map(({ greedy }) => outcome(greedy[a])).join("")),
    scores: arms.map((_, a) => entries.map(({ greedy }) => packScore(greedy[a] && scoreOf(greedy[a])))),
    margins: arms.map((_, a) => entries.map(({ heldOut }) => packScore(margin(heldOut[a])))),
    rightShare: entries.map(rightShare),
    texts: texts.map(placeOf),
    samples: samples.map(placeOf),
    withSamples: fitting.size,
  };
  return { index, chunks };
}

/** The chunk as a script of its own: the page, which has asked for it, takes it up. */
export const chunkScript = (stamp: string, { name, json }: Pick<Chunk, "name" | "json">): string =>
  `aftReportData(${scriptJson(stamp)},${scriptJson(name)},${json});\n`;

export const bytesOf = (chunks: readonly Chunk[]): number =>
  sum(chunks.map(({ json }) => Buffer.byteLength(json)));

const placeOf = ({ name, first, count }: Chunk): ChunkPlace => ({ name, first, count });

function stampOf(chunks: readonly Chunk[]): string {
  const hash = createHash("sha256");
  for (const { json } of chunks) hash.update(json);
  return hash.digest("hex").slice(0, 16);
}

/** Prompts without what all prompts of the task and seed share: with examples in the prompt, that is nearly all. */
function splitPrompts(run: RunData, entries: readonly Entry[]) {
  const promptEnds = run.seeds.map((_, s) =>
    run.tasks.map((_, t) =>
      commonEnds(entries.flatMap(({ task, prompts }) => (task === t ? (prompts[s] ?? []) : []))),
    ),
  );
  const promptMiddles = entries.map(({ task, prompts }) =>
    prompts.map((prompt, s) => {
      const [start, end] = promptEnds[s]![task] ?? ["", ""];
      return prompt?.slice(start.length, prompt.length - end.length);
    }),
  );
  return { promptEnds, promptMiddles };
}

/** Which questions' samples fit, the tasks' questions in turn, so that every task has some. */
function questionsWithSamples(run: RunData, entries: readonly Entry[], maxBytes: number): Set<number> {
  const turns = new Array<number>(Math.max(1, run.tasks.length)).fill(0);
  const inTurn = entries
    .map(({ task }, q) => ({ q, turn: turns[task]!++ }))
    .sort((a, b) => a.turn - b.turn)
    .map(({ q }) => q);
  const chosen = new Set<number>();
  let left = maxBytes;
  for (const q of inTurn) {
    const size = sizeOf(entries[q]!);
    if (size === 0) continue;
    left -= size;
    if (left < 0) break;
    chosen.add(q);
  }
  return chosen;
}

/** About as many bytes as a question's samples take when packed: each text once, and 40 a COT, 8 a score. */
function sizeOf({ samples, heldOut }: Entry): number {
  const textsOf = (groups: (Group | undefined)[]): string[] =>
    groups.flatMap((group) => (group?.candidates ?? []).map(({ text }) => text));
  const [sampled, scored] = [textsOf(samples), textsOf(heldOut)];
  const distinct = [...new Set([...sampled, ...scored])];
  return 40 * sampled.length + 8 * scored.length + sum(distinct.map((text) => Buffer.byteLength(text) + 8));
}

function outcome(prediction: Entry["greedy"][number]): string {
  if (prediction === undefined) return "-";
  if (prediction.correct) return "r";
  return prediction.extracted === null ? "n" : "w";
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The mean score of the right COTs less that of the wrong ones. */
function margin(group: Group | undefined): number | null {
  const scores = (right: boolean): number[] =>
    (group?.candidates ?? []).flatMap((cot) => (cot.correct === right ? (scoreOf(cot) ?? []) : []));
  const [right, wrong] = [scores(true), scores(false)];
  if (right.length === 0 || wrong.length === 0) return null;
  return sum(right) / right.length - sum(wrong) / wrong.length;
}

/** In thousandths. */
function rightShare({ greedy, samples }: Entry): number | null {
  const sampled = samples.flatMap((group) => group?.candidates ?? []);
  const cots = [...greedy.filter((prediction) => prediction !== undefined), ...sampled];
  const right = cots.filter(({ correct }) => correct).length;
  return cots.length === 0 ? null : Math.round((1000 * right) / cots.length);
}

function preview(question: string): string {
  const line = question
    .slice(0, 4 * previewLength)
    .replace(/\s+/g, " ")
    .trim();
  // By characters, not by UTF-16 units: half an emoji would be shown as a box.
  const characters = [...line];
  return characters.length <= previewLength ? line : `${characters.slice(0, previewLength).join("")}…`;
}
