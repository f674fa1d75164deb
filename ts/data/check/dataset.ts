/** A task's own files: whether they are there and the right ones, and what their rows hold. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { AftError, type Problem } from "../../core/errors.ts";
import { addressOf, datasetOf, type PublishedFile } from "../downloads/catalogue.ts";
import { dataFolder } from "../downloads/folder.ts";
import { stateOf } from "../downloads/pins.ts";
import { contentOf } from "../duplicates.ts";
import type { ReadQuestions, SplitName, Task, TaskKind } from "../task.ts";
import { type Findings, findingsOf } from "./findings.ts";

/** Each published file by its digest, then the questions of each split that has a file, then what splits share. */
export async function checkDataset(
  kind: TaskKind,
  settings: { task: string },
  task: Task,
): Promise<Findings[]> {
  const parts = Object.entries(kind.parts?.(settings) ?? {}) as [SplitName, string][];
  if (parts.length === 0) return checkMade(task);
  const files = await checkFiles(kind, settings);
  const read: { split: SplitName; reading: ReadQuestions }[] = [];
  const findings: Findings[] = [files];
  for (const [split, file] of parts) {
    if (!existsSync(file)) continue;
    const reading = await readAll(kind, settings, file, split);
    read.push({ split, reading });
    findings.push(findingsOf(`${split}: ${file}`, reading, task));
  }
  if (read.length > 1) findings.push(sharedContent(read));
  return findings;
}

/** Questions of a task that makes them, or that says which files it needs. */
async function checkMade(task: Task): Promise<Findings[]> {
  const splits = await task.splits();
  return (["train", "validation", "test"] as const).map((split) => {
    const questions = splits[split].map((value) => ({ value, where: value.id }));
    return findingsOf(split, { questions, problems: [] }, task);
  });
}

async function readAll(
  kind: TaskKind,
  settings: { task: string },
  file: string,
  split: SplitName,
): Promise<ReadQuestions> {
  try {
    return await kind.read!(settings, file, split);
  } catch (error) {
    if (!(error instanceof AftError)) throw error;
    return { questions: [], problems: [...error.problems] };
  }
}

async function checkFiles(kind: TaskKind, settings: { task: string }): Promise<Findings> {
  const named = Object.values(kind.files?.(settings) ?? {});
  const published = publishedAs(kind.name);
  const problems: Problem[] = [];
  const notes: string[] = [];
  for (const path of named) {
    const known = published.get(path);
    if (!existsSync(path)) problems.push(missing(path, kind.name, known?.file));
    else if (known === undefined) notes.push(`${path}: a file of your own, whose SHA-256 is not known`);
    else {
      const { right, sha256, expected, checkedBy } = await stateOf(known.folder, known.file);
      if (!right)
        problems.push({
          what: "is not the published file (SHA-256)",
          where: path,
          found: sha256,
          expected: expected!,
        });
      else notes.push(`${path}: ${digestSaid[checkedBy]}`);
    }
  }
  return {
    what: "files",
    counts: { files: named.length, missing: problems.length - wrong(problems) },
    problems,
    notes,
  };
}

/** The published files of a task, and of those that it uses, by where they are looked for. */
function publishedAs(task: string): Map<string, { folder: string; file: PublishedFile }> {
  const names = [...(datasetOf(task)?.uses ?? []), task];
  return new Map(
    names.flatMap((name) =>
      (datasetOf(name)?.files ?? []).map((file) => {
        const folder = join(dataFolder(), name);
        return [join(folder, file.path), { folder, file }] as const;
      }),
    ),
  );
}

const digestSaid: Record<string, string> = {
  publisher: "is the published file (SHA-256)",
  pin: "is the file that was downloaded first (SHA-256 in aft-data.lock.json)",
  first: "no SHA-256 of it is known; `aft data get` keeps one from then on",
};

const wrong = (problems: readonly Problem[]): number =>
  problems.filter(({ found }) => found !== undefined).length;

/** Said of each of the task's files that is not here. */
export const missingFiles = (kind: TaskKind, settings: { task: string }): Problem[] =>
  Object.values(kind.files?.(settings) ?? {})
    .filter((path) => !existsSync(path))
    .map((path) => missing(path, kind.name, publishedAs(kind.name).get(path)?.file));

const missing = (path: string, task: string, file: PublishedFile | undefined): Problem => ({
  what: "no such file",
  where: path,
  fix:
    file === undefined
      ? "put it there, or name another in the task's settings"
      : `aft data get ${task}; where there is no network, get ${addressOf(file)} elsewhere and put it into ${dirname(path)}`,
});

/** Questions that stand in two splits. A published dataset is used as it is: this is reported, and not mended. */
function sharedContent(read: readonly { split: SplitName; reading: ReadQuestions }[]): Findings {
  const counts: Record<string, number> = {};
  const notes: string[] = [];
  for (const [at, { split, reading }] of read.entries())
    for (const other of read.slice(at + 1)) {
      const places = new Map(reading.questions.map(({ value, where }) => [contentOf(value), where]));
      const shared = other.reading.questions.filter(({ value }) => places.has(contentOf(value)));
      counts[`in ${split} and ${other.split}`] = shared.length;
      for (const { value, where } of shared.slice(0, 5))
        notes.push(`the same question: ${places.get(contentOf(value))}, ${where}`);
    }
  return { what: "questions in two splits", counts, problems: [], notes };
}
