import type {
  Flag,
  PackedCot,
  PackedIndex,
  SampleChunk,
  TextChunk,
} from "../analysis/features/questions/packed.ts";

export type Chunk = TextChunk | SampleChunk;

export type ReadChunk = <Kind extends Chunk>(name: string) => Promise<Kind>;

interface Judged {
  extracted: string | null;
  correct: boolean;
}

export interface Cot extends Judged {
  text: string;
  cutOff: boolean;
  /** Undefined: the steps were not checked. */
  stepsValid: boolean | undefined;
  byMode: { strict: Judged; flexible: Judged } | undefined;
  /** Mean log-probability of a token, nats. */
  score: number | null;
  firstWrongStep: { line: number; reason: string } | undefined;
}

function unpackCot(packed: PackedCot, strings: string[]): Cot {
  const [text, flags, extracted, score, strict, flexible, line, reason] = packed;
  const raised = new Set(strings[flags]?.split(" ") as Flag[] | undefined);
  const at = (place: number | null | undefined): string | null =>
    typeof place === "number" ? (strings[place] ?? null) : null;
  return {
    text: at(text) ?? "",
    extracted: at(extracted),
    correct: raised.has("correct"),
    cutOff: raised.has("cutOff"),
    stepsValid: raised.has("stepsChecked") ? raised.has("stepsValid") : undefined,
    byMode: raised.has("bothRules")
      ? {
          strict: { extracted: at(strict), correct: raised.has("strictCorrect") },
          flexible: { extracted: at(flexible), correct: raised.has("flexibleCorrect") },
        }
      : undefined,
    score: score ?? null,
    firstWrongStep: typeof line === "number" ? { line, reason: at(reason) ?? "" } : undefined,
  };
}

export interface Texts {
  id: string;
  question: string;
  answer: string;
  reference: string | undefined;
  /** For each seed. */
  prompts: (string | undefined)[];
  /** For each arm. */
  greedy: (Cot | undefined)[];
}

/** @param q the question's place in the index */
export function unpackTexts(index: PackedIndex, { strings, rows }: TextChunk, row: number, q: number): Texts {
  const packed = rows[row];
  if (packed === undefined) throw new Error(`no row ${row} in a chunk of ${rows.length}`);
  const [question, answer, reference, prompts, greedy] = packed;
  return {
    id: index.ids[q] ?? "",
    question: strings[question] ?? "",
    answer: strings[answer] ?? "",
    reference: reference === null ? undefined : strings[reference],
    prompts: prompts.map((middle, seed) => {
      const [start, end] = index.promptEnds[seed]?.[index.taskOf[q] ?? 0] ?? ["", ""];
      return middle === null ? undefined : start + strings[middle] + end;
    }),
    greedy: greedy.map((cot) => (cot === null ? undefined : unpackCot(cot, strings))),
  };
}

export interface Samples {
  /** The VFT model's COTs for each seed. */
  vft: Cot[][];
  /** For each arm, of the VFT model's COTs of its seed. */
  vftScores: ((number | null)[] | null)[];
  byArm: Cot[][];
}

/** A question's samples; undefined where they were left out. */
export function unpackSamples({ strings, rows }: SampleChunk, row: number): Samples | undefined {
  const packed = rows[row];
  if (packed === undefined || packed === null) return undefined;
  const [vft, vftScores, byArm] = packed;
  const unpacked = (cots: PackedCot[]): Cot[] => cots.map((cot) => unpackCot(cot, strings));
  return { vft: vft.map(unpacked), vftScores, byArm: byArm.map(unpacked) };
}

export const labelOf = (index: PackedIndex, arm: number): string =>
  index.methods[index.arms[arm]?.method ?? -1]?.label ?? "–";
