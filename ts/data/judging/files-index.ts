/** What is kept of files between their two readings: where each row stands, and which candidates are which question's. */
import { type Candidate, candidateSchema, questionSchema } from "../../core/records.ts";
import { taskOf } from "../tasks/registry.ts";
import type { Block, CandidatesFile, JudgedFiles } from "./block.ts";
import type { JudgeCounts } from "./counts.ts";
import { type Gathering, GeneratorMerge, ofGenerator } from "./gather.ts";
import { Judging } from "./judge.ts";
import { type ReadFile, RowIndex, RowsOf } from "./rows.ts";

interface ReadFiles {
  questions: ReadFile;
  candidates: readonly (ReadFile & Pick<CandidatesFile, "generator">)[];
}

/** Which rows of all that a file has, in the order in which they are taken. */
export type Part = (rows: readonly number[]) => readonly number[];

/** Bytes of candidates, and questions, that are judged at a time. */
const blockBytes = 1 << 19;
const blockQuestions = 512;

/** Questions of a part that are read at a time. */
const partRead = 512;

export class FilesIndex {
  readonly #questions: RowIndex<(typeof questionSchema)["_output"]>;
  readonly #candidates: readonly { rows: RowIndex<Candidate>; generator: string | undefined }[];
  readonly #gathering: Gathering;
  /** Of nothing yet. */
  readonly counts: JudgeCounts;
  /** The rows of the questions, where they are not all; the number of each file's first candidate. */
  #chosen: readonly number[] | undefined;
  readonly #firsts: number[] = [];

  private constructor({ questions, candidates }: ReadFiles, judging: Judging) {
    this.#gathering = judging.gathering();
    this.counts = judging.counts;
    this.#questions = new RowIndex(questions, questionSchema);
    this.#candidates = candidates.map(({ generator, ...file }) => ({
      rows: new RowIndex(file, candidateSchema),
      generator,
    }));
  }

  /**
   * Reads and checks everything.
   * @param onRead gets how many bytes of all files are read; what it throws ends the reading
   * @throws inputError with all that is wrong with a file, or does not fit together
   */
  static async of(
    { task, ...options }: Omit<JudgedFiles, "questions" | "candidates">,
    files: ReadFiles,
    part: Part | undefined,
    onRead: (bytes: number) => void,
  ): Promise<FilesIndex> {
    const judging = new Judging({ ...options, task: taskOf(task) });
    const index = new FilesIndex(files, judging);
    await index.#read(part, onRead);
    return index;
  }

  async #read(part: Part | undefined, onRead: (bytes: number) => void): Promise<void> {
    const [questions, gathering] = [this.#questions, this.#gathering];
    await questions.scan((question, row) => {
      if (part === undefined) gathering.question(question, () => questions.where(row));
    }, onRead);
    if (part !== undefined) this.#choose(part);
    let before = questions.bytes;
    const merge = new GeneratorMerge();
    for (const { rows, generator } of this.#candidates) {
      this.#firsts.push(gathering.candidates);
      merge.begin();
      await rows.scan(
        (candidate, row) => {
          const one =
            generator === undefined ? candidate : ofGenerator(candidate, generator, merge.indexOf(candidate));
          gathering.candidate(one, () => rows.where(row));
        },
        (bytes) => onRead(before + bytes),
      );
      before += rows.bytes;
    }
    gathering.check((candidate) => {
      const file = this.#fileOf(candidate);
      return this.#candidates[file]!.rows.where(candidate - this.#firsts[file]!);
    });
  }

  #choose(part: Part): void {
    const rows = this.#questions;
    this.#chosen = part(Array.from({ length: rows.size }, (_, row) => row));
    const reader = new RowsOf(rows.file, questionSchema);
    for (let from = 0; from < this.#chosen.length; from += partRead) {
      const chosen = this.#chosen.slice(from, from + partRead);
      for (const [at, question] of reader.read(rows.places(chosen)).entries())
        this.#gathering.question(question, () => rows.where(chosen[at]!));
    }
  }

  #fileOf(candidate: number): number {
    return this.#firsts.findLastIndex((first) => first <= candidate);
  }

  /** Candidates of all files. */
  get candidates(): number {
    return this.#gathering.candidates;
  }

  /** All questions in their order, some in each. */
  *blocks(): Generator<Block> {
    let block = new BlockMaker();
    for (let question = 0; question < this.#gathering.questions; question++) {
      const mine = this.#gathering.candidatesOf(question);
      block.question(this.#questions.placeOf(this.#chosen?.[question] ?? question), mine.length);
      for (const candidate of mine) {
        const file = this.#fileOf(candidate);
        const place = this.#candidates[file]!.rows.placeOf(candidate - this.#firsts[file]!);
        block.candidate(place, file, this.#gathering.indexOf(candidate));
      }
      if (block.bytes < blockBytes && block.questions < blockQuestions) continue;
      yield block.made();
      block = new BlockMaker();
    }
    if (block.questions > 0) yield block.made();
  }
}

class BlockMaker {
  readonly #questions: { begin: number[]; end: number[] } = { begin: [], end: [] };
  readonly #counts: number[] = [];
  readonly #candidates = {
    begin: [] as number[],
    end: [] as number[],
    file: [] as number[],
    index: [] as number[],
  };
  bytes = 0;

  get questions(): number {
    return this.#counts.length;
  }

  question({ begin, end }: { begin: number; end: number }, candidates: number): void {
    this.#questions.begin.push(begin);
    this.#questions.end.push(end);
    this.#counts.push(candidates);
  }

  candidate({ begin, end }: { begin: number; end: number }, file: number, index: number): void {
    this.#candidates.begin.push(begin);
    this.#candidates.end.push(end);
    this.#candidates.file.push(file);
    this.#candidates.index.push(index);
    this.bytes += end - begin;
  }

  made(): Block {
    const numbers = ({ begin, end }: { begin: number[]; end: number[] }) => ({
      begin: Float64Array.from(begin),
      end: Float64Array.from(end),
    });
    return {
      questions: numbers(this.#questions),
      counts: Uint32Array.from(this.#counts),
      candidates: {
        ...numbers(this.#candidates),
        file: Uint16Array.from(this.#candidates.file),
        index: Float64Array.from(this.#candidates.index),
      },
    };
  }
}
