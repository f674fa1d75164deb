/** Some questions of a file with their candidates, judged: what a thread does at a time. */
import { toJsonl } from "../../core/jsonl.ts";
import { candidateSchema, questionSchema } from "../../core/records.ts";
import { taskOf } from "../tasks/registry.ts";
import type { JudgeCounts } from "./counts.ts";
import { ofGenerator } from "./gather.ts";
import { type JudgeOptions, Judging } from "./judge.ts";
import { type Places, RowsOf } from "./rows.ts";
import { type NotUnderstood, Unread } from "./unread.ts";

/** A file of candidates. */
export interface CandidatesFile {
  path: string;
  /** Of several files, what rows that do not say otherwise are of. */
  generator?: string;
}

/** The files that are judged, and how: plain data, which every thread is given. */
export interface JudgedFiles extends Omit<JudgeOptions, "task"> {
  /** The settings of the task. */
  task: { task: string };
  questions: string;
  candidates: readonly CandidatesFile[];
}

export interface Block {
  questions: Places;
  /** How many candidates each has. */
  counts: Uint32Array;
  /** The candidates of all in their order, each with the number of its file and its index among those of all files. */
  candidates: Places & { file: Uint16Array; index: Float64Array };
}

export interface JudgedBlock {
  /** The groups as JSON Lines in UTF-8. */
  groups: Uint8Array;
  counts: JudgeCounts;
  unread: NotUnderstood[];
}

/** Judges blocks of these files, which were read before and are whole. */
export function blockJudge(files: JudgedFiles): (block: Block) => JudgedBlock {
  const { questions, candidates } = files;
  const options = { ...files, task: taskOf(files.task) };
  const questionRows = new RowsOf({ path: questions, shownAs: questions }, questionSchema);
  const candidateRows = candidates.map(({ path }) => new RowsOf({ path, shownAs: path }, candidateSchema));
  return (block) => {
    const judging = new Judging(options);
    const unread = new Unread();
    const asked = questionRows.read(block.questions);
    const sampled = candidateRows.map((rows, file) => rows.read(ofFile(block.candidates, file)));
    const next = candidates.map(() => 0);
    let at = 0;
    function* groups() {
      for (const [number, question] of asked.entries()) {
        const samples = Array.from({ length: block.counts[number]! }, () => {
          const [file, index] = [block.candidates.file[at]!, block.candidates.index[at]!];
          at++;
          const candidate = sampled[file]![next[file]!++]!;
          const { generator } = candidates[file]!;
          return generator === undefined ? candidate : ofGenerator(candidate, generator, index);
        });
        const group = judging.group(question, samples);
        if (group === undefined) continue;
        unread.add(group);
        yield group;
      }
    }
    const pieces = Array.from(toJsonl(groups()), (piece) => Buffer.from(piece));
    // In memory of its own, which a thread can hand over: a small Buffer lies in one that Node shares out.
    return { groups: new Uint8Array(Buffer.concat(pieces)), counts: judging.counts, unread: unread.all() };
  };
}

function ofFile({ begin, end, file }: Block["candidates"], number: number): Places {
  const isMine = (_: number, at: number): boolean => file[at] === number;
  return { begin: begin.filter(isMine), end: end.filter(isMine) };
}
