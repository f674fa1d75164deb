import { readJsonl, writeJsonl } from "../core/jsonl.ts";
import {
  type Candidate,
  candidateSchema,
  type Group,
  groupSchema,
  type Question,
  questionSchema,
} from "../core/records.ts";

/** Reads questions from a JSON Lines file. All bad rows come in one AftError: row, field, value, what was expected. */
export const readQuestions = (file: string): Promise<Question[]> => readJsonl(file, questionSchema);

/** Reads candidates (samples that are not judged yet) from a JSON Lines file; bad rows as for {@link readQuestions}. */
export const readCandidates = (file: string): Promise<Candidate[]> => readJsonl(file, candidateSchema);

/** Reads groups (questions with their judged samples) from a JSON Lines file; bad rows as for {@link readQuestions}. */
export const readGroups = (file: string): Promise<Group[]> => readJsonl(file, groupSchema);

/** Writes records of any kind to a JSON Lines file: all rows, or none when something fails. */
export const writeRecords = (file: string, records: Iterable<object>): Promise<void> =>
  writeJsonl(file, records);
