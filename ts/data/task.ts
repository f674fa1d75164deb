import type { z } from "zod";
import type { Problem } from "../core/errors.ts";
import type { Row } from "../core/jsonl.ts";
import type { Group, Question } from "../core/records.ts";
import type { Asked, ExtractMode, Reading } from "./answers/index.ts";

/** The questions of a task. No content of one split occurs in another. A task that is only evaluated may have no training questions. */
export interface Splits {
  /** What is trained on. */
  train: Question[];
  /** What settings are chosen on. */
  validation: Question[];
  /** What is reported. */
  test: Question[];
}

export const splitNames = ["train", "validation", "test"] as const;

/** A part of a task's questions. */
export type SplitName = keyof Splits;

/** The questions of a file, each with its place, and everything that is wrong with the file's other rows. */
export interface ReadQuestions {
  questions: Row<Question>[];
  problems: Problem[];
}

/** What a strict check of every step of a COT found. Lines are counted from 1. */
export interface StepCheck {
  /** Every step is right. */
  valid: boolean;
  /** The first step that is not. */
  firstError?: { line: number; reason: string };
}

/** How far the steps of a COT are right, whatever its answer: what COTs whose answers are alike are ranked by. */
export interface StepQuality {
  /** Every step is right, as `checkSteps` finds too. Two such COTs are equally good, however many steps they took. */
  valid: boolean;
  /** Where not every step is right: how far they are, greater is better. */
  progress: number;
}

/** A task as an experiment has it, with its settings: where its questions come from, how they are put and judged. */
export interface Task {
  /** Its name in this experiment: also the `task` of its questions. */
  name: string;
  /** Generates or reads the questions. `seed` takes the place of the settings' own seed. */
  splits(seed?: number): Promise<Splits>;
  /** The question as it stands in any template: its text, and its options where it has some. */
  body(question: Question): string;
  /** The prompt in the task's own plain form. */
  plain(question: Question): string;
  /** The patterns by which answers are found, for the record. */
  patterns: Readonly<Record<ExtractMode, string>>;
  /** What is read of a COT's final answer, and why where nothing is: an answer rule's, as are the fields around it. */
  read(text: string, mode: ExtractMode, question?: Asked): Reading;
  /** The final answer of a COT, in a form in which equal answers are equal strings; null when there is none. */
  extract(text: string, mode: ExtractMode, question?: Asked): string | null;
  /** Whether an extracted answer is the question's answer. */
  sameAnswer(extracted: string, answer: string): boolean;
  /** Checks every step of a COT, not only its answer; undefined for a question that does not carry what it takes. */
  checkSteps?(question: Question, text: string): StepCheck | undefined;
  /** Raised when `checkSteps` or `quality` find something else than before, for the keys of what goes by them. */
  stepRule?: number;
  /** What ranked feedback goes by after the answer; undefined for a question that does not carry what it takes. */
  quality?(question: Question, text: string): StepQuality | undefined;
}

/** A kind of task: what `task: NAME` in an experiment stands for. */
export interface TaskKind<Settings extends { task: string } = { task: string }> {
  name: string;
  description: string;
  /** Settings as an experiment's YAML may give them. */
  settingsSchema: z.ZodType<Settings>;
  /** The task with these settings; reads nothing yet. */
  make(settings: Settings): Task;
  /** The files that the questions are read from, by the setting that names them: their content decides what is made. */
  files?(settings: Settings): Record<string, string>;
  /** The file of each split, where the task has one; read by `read`. */
  parts?(settings: Settings): Partial<Record<SplitName, string>>;
  /** A file in the form in which the dataset's rows are published. Without a split: all of its rows. */
  read?(settings: Settings, file: string, split?: SplitName): Promise<ReadQuestions>;
  /** What the files' beginnings show to be wrong, such as a column that is not there; whole files are not read. */
  look?(settings: Settings): Promise<Problem[]>;
  /** The training questions' own candidates with their ranks, where the dataset has some; put to the model by `prompt`. */
  groups?(settings: Settings, prompt: (question: Question) => string): Promise<Group[]>;
}
