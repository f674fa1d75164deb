import { type CustomTask, customTaskSchema, taskName } from "../../../config/index.ts";
import { defined } from "../../../core/defined.ts";
import { inputError } from "../../../core/errors.ts";
import type { Row } from "../../../core/jsonl.ts";
import type { Question } from "../../../core/records.ts";
import { refuseShared } from "../../duplicates.ts";
import type { SplitName, Splits, Task, TaskKind } from "../../task.ts";
import { choiceForm } from "../choices.ts";
import { gsm8kForm } from "../gsm8k.ts";
import { drawn, idOf, rightQuestions, rightRows, setAside, valuesOf } from "../reading.ts";
import { ruleOf } from "./answer.ts";
import { missingInFiles, readCustom } from "./rows.ts";
import { sharedOut } from "./shares.ts";

const filesOf = ({ file, trainFile, validationFile, testFile }: CustomTask): Record<string, string> => ({
  ...defined({ file, trainFile, validationFile, testFile }),
});

/**
 * Questions of the user's own, from files in whatever columns they stand. A row of a CSV file with
 * `columns: {question: prompt, answer: result, reference: working}`:
 * `prompt,result,working` / `"Mia has 3 boxes of 4 pens. How many pens?",12,"3 * 4 = 12"`
 */
export const custom: TaskKind<CustomTask> = {
  name: "custom",
  description: "questions of your own: CSV, TSV, JSON, JSON Lines or Parquet, by a column map",
  settingsSchema: customTaskSchema,
  files: filesOf,
  parts(settings) {
    const { trainFile, validationFile, testFile, file } = settings;
    return defined({ train: trainFile ?? file, validation: validationFile, test: testFile });
  },
  read: readCustom,
  look: (settings) => missingInFiles(settings, Object.values(filesOf(settings))),
  make(settings): Task {
    const { body, plain } = settings.answer.kind === "choice" ? choiceForm : gsm8kForm;
    const { stepRule, checkSteps, quality } = gsm8kForm;
    return {
      name: taskName(settings),
      splits: (seed) => splitsOf(settings, seed),
      body,
      plain,
      ...ruleOf(settings),
      // Of a number's solution the equations are its steps, as GSM8K's are.
      ...(["number", "gsm8k-number"].includes(settings.answer.kind) ? { stepRule, checkSteps, quality } : {}),
    };
  },
};

async function splitsOf(settings: CustomTask, seed = settings.seed): Promise<Splits> {
  const { file, validationFile, trainFile, testFile } = settings;
  const rowsOf = async (path: string | undefined, split: SplitName): Promise<Row<Question>[]> =>
    path === undefined ? [] : await rightRows(readCustom(settings, path, split));
  if (file !== undefined) {
    const rows = await rightQuestions(readCustom(settings, file));
    const shared = renamed(sharedOut(rows, settings.shares, seed), settings);
    return counted(shared, settings, { train: file, validation: file, test: file }, seed);
  }
  const files = { train: trainFile ?? "", validation: validationFile ?? "", test: testFile ?? "" };
  if (Object.values(files).every((path) => path === ""))
    throw inputError({
      what: `the task ${taskName(settings)} names no file`,
      expected: "file, or trainFile, validationFile and testFile",
    });
  const rows = {
    train: await rowsOf(trainFile, "train"),
    validation: await rowsOf(validationFile, "validation"),
    test: await rowsOf(testFile, "test"),
  };
  refuseShared(rows);
  const splits: Splits = {
    train: valuesOf(rows.train),
    validation: valuesOf(rows.validation),
    test: valuesOf(rows.test),
  };
  if (validationFile !== undefined || !settings.validation) return counted(splits, settings, files, seed);
  const { train, validation } = settings;
  return {
    ...counted({ ...splits, train: [], validation: [] }, { test: settings.test }, files, seed),
    ...setAside({ file: files.train, questions: splits.train }, { train, validation }, "custom", seed),
  };
}

/** Ids that were counted name the split that the row came into. */
function renamed(splits: Splits, settings: CustomTask): Splits {
  if (settings.columns.id !== undefined) return splits;
  const counted = idOf(taskName(settings), undefined, 0).slice(0, -1);
  const part = (split: SplitName): Question[] =>
    splits[split].map((question) => ({
      ...question,
      id: idOf(taskName(settings), split, Number(question.id.slice(counted.length))),
    }));
  return { train: part("train"), validation: part("validation"), test: part("test") };
}

/** Of each split as many as the settings ask for. */
function counted(
  splits: Splits,
  counts: Partial<Record<SplitName, number | undefined>>,
  files: Record<SplitName, string>,
  seed: number,
): Splits {
  const part = (split: SplitName) =>
    drawn({ file: files[split], questions: splits[split] }, counts[split], "custom", split, seed);
  return { train: part("train"), validation: part("validation"), test: part("test") };
}
