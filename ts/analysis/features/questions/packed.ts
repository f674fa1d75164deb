/**
 * How the questions' browser's data lie in the page: an index that is read when the page opens, and chunks that are read when
 * they are looked at. Everything is an array in the order of the index's lists, because names repeated 100,000 times would
 * be most of the file.
 */

/** A place in the chunk's `strings`. */
type Place = number | null;

/** What holds of a COT. */
export type Flag =
  | "correct"
  | "cutOff"
  | "stepsChecked"
  | "stepsValid"
  | "bothRules"
  | "strictCorrect"
  | "flexibleCorrect";

/**
 * Nulls at the end are left out. `flags` is the place of a string with the flags that hold, a space between each two;
 * `extracted`, `strict` and `flexible` are what the deciding rule and both rules find; the score is rounded to four decimals;
 * `line` (from 1) and `reason` tell the first wrong step.
 */
export type PackedCot = [
  text: number,
  flags: number,
  extracted?: Place,
  score?: number | null,
  strict?: Place,
  flexible?: Place,
  line?: number | null,
  reason?: Place,
];

/** [question, answer, reference, prompts, greedy]: what only this prompt has for each seed, a COT for each arm. */
export type TextRow = [
  question: number,
  answer: number,
  reference: Place,
  prompts: Place[],
  greedy: (PackedCot | null)[],
];
export interface TextChunk {
  strings: string[];
  rows: TextRow[];
}

/** The VFT model's COTs for each seed, their scores for each arm, and the samples of each arm. */
export type SampleRow = [vft: PackedCot[][], vftScores: ((number | null)[] | null)[], byArm: PackedCot[][]];
export interface SampleChunk {
  strings: string[];
  /** Null: left out, because not all fit. */
  rows: (SampleRow | null)[];
}

/** Questions `first` up to, but without, `first + count`. */
export interface ChunkPlace {
  name: string;
  first: number;
  count: number;
}

export interface PackedIndex {
  /** The chunks of this page carry the same. */
  stamp: string;
  /** Where the chunks lie beside the page; null: in it. */
  folder: string | null;
  methods: { label: string; role: string }[];
  seeds: number[];
  /** Places in `methods` and `seeds`. */
  arms: { method: number; seed: number }[];
  tasks: { name: string; extract: "strict" | "flexible" | null }[];
  /** What all prompts of a task begin and end with, for each seed, for each task. */
  promptEnds: [start: string, end: string][][];
  ids: string[];
  /** For each question its task's place. */
  taskOf: number[];
  /** The first words of each question. */
  previews: string[];
  /** For each arm one letter a question: r right, w wrong, n no answer, - not asked. */
  outcomes: string[];
  /** For each arm each question's greedy COT. */
  scores: (number | null)[][];
  /** For each arm each question's mean score of the VFT model's right COTs less that of its wrong ones. */
  margins: (number | null)[][];
  /** For each question the right ones among all its COTs, greedy and sampled, in thousandths. */
  rightShare: (number | null)[];
  texts: ChunkPlace[];
  samples: ChunkPlace[];
  /** How many questions have their samples here. */
  withSamples: number;
}
