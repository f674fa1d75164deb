import { basename } from "node:path";
import { plural } from "../analysis/index.ts";
import { inputError } from "../core/errors.ts";
import { unlessInterrupted } from "../core/interrupt.ts";
import { extractModes, type JudgeFilesOptions, judgeFiles, type Ranking, taskNames } from "../data/index.ts";
import { namedTask, setOfTask } from "./data/settings.ts";
import { define, jsonOption } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { explainText, printExplained } from "./judge-explain.ts";
import { progressOn } from "./progress.ts";

export const judgeFile = define({
  options: {
    task: { type: "string", demandOption: true, describe: `whose answer rule: ${taskNames().join(", ")}` },
    set: {
      ...setOfTask,
      describe: "a setting of the task, as in an experiment: --set name=sums --set answer.kind=choice",
    },
    extract: {
      choices: extractModes,
      default: "strict",
      describe:
        "strict: the task's own answer form; flexible: what is stated in usual words, or the last number",
    },
    label: {
      choices: ["answer", "answer-and-steps"],
      default: "answer",
      describe: "what is right: the final answer; or the final answer and every step that can be checked",
    },
    feedback: {
      choices: ["binary", "ranked"],
      default: "binary",
      describe: "binary: right or wrong; ranked: each COT also gets a rank, by --ranking",
    },
    ranking: {
      choices: ["steps", "score", "reward", "rank", "generators"],
      describe:
        "what ranks go by: steps (the default) and score after the answer; a column reward or rank; or --generators",
    },
    generators: {
      type: "string",
      describe: "for --ranking generators: their names with commas, the best first",
    },
    "reference-first": {
      type: "boolean",
      default: false,
      describe: "for --ranking generators: the reference COT ranks above all",
    },
    questions: { type: "string", describe: "questions.jsonl" },
    in: {
      type: "string",
      array: true,
      describe: "candidates.jsonl; several files, one a generator, with --in before each",
    },
    out: { type: "string", describe: "groups.jsonl, written whole or not at all" },
    explain: {
      type: "string",
      nargs: 1,
      describe:
        "instead of files: one text, and what each rule finds in it, where, and why not; `-` reads it from standard input, FILE:ROW is a row's text (FILE:ROW:INDEX a group's candidate)",
    },
    answer: { type: "string", describe: "for --explain: the right answer" },
    json: jsonOption("print the counts as JSON"),
  },
  async handler(values) {
    const { extract, label, feedback, explain, answer, json } = values;
    const { task, settings } = namedTask(values.task, values.set);
    if (explain !== undefined) {
      refuseOthers(values);
      const shown = await explainText({ what: explain, task, questions: values.questions, answer });
      return json ? printJson(shown) : printExplained(shown);
    }
    const { questions, in: files, out } = needed(values);
    const ranking = rankingOf(values);
    const { counts, notUnderstood } = await judgedFiles({
      ...{ task: settings, extract, label, feedback, ranking },
      ...{ questions, candidates: candidatesFiles(files), out },
    });
    if (json) return printJson(counts);
    for (const [name, value] of Object.entries(counts)) printLine(`${name}: ${value}`);
    if (notUnderstood.length > 0) printLine("stated and not understood, for example:");
    for (const { stated, times, questionId } of notUnderstood)
      printLine(`  ${stated} (${plural(times, "candidate")}; question ${questionId})`);
    printLine(`written: ${out}`);
  },
});

interface Files {
  questions?: string | undefined;
  in?: string[] | undefined;
  out?: string | undefined;
}

/** The files that judging takes; --explain goes without them. */
function needed({ answer, ...values }: Files & { answer?: string | undefined }): {
  questions: string;
  in: string[];
  out: string;
} {
  const missing = (["questions", "in", "out"] as const).filter((name) => values[name] === undefined);
  if (missing.length > 0)
    throw inputError({
      what: `aft judge needs ${missing.map((name) => `--${name}`).join(", ")}`,
      expected: example,
    });
  if (answer !== undefined)
    throw inputError({
      what: "--answer needs --explain",
      expected: 'aft judge --task T --explain "TEXT" --answer A',
    });
  return { questions: values.questions!, in: values.in!, out: values.out! };
}

const example =
  "aft judge --task arithmetic --questions questions.jsonl --in candidates.jsonl --out groups.jsonl";

function refuseOthers({ in: files, out }: Files): void {
  if (files === undefined && out === undefined) return;
  throw inputError({
    what: `--${files === undefined ? "out" : "in"} does not go with --explain, which judges one text and writes nothing`,
    expected: 'aft judge --task T --explain "TEXT"',
  });
}

/** One file as it is; of several, rows that do not say otherwise are their file's: `strong.jsonl` is of `strong`. */
function candidatesFiles(files: readonly string[]): JudgeFilesOptions["candidates"] {
  if (files.length === 0) throw inputError({ what: "--in needs a value", expected: "a file of candidates" });
  if (files.length === 1) return [{ path: files[0]! }];
  return files.map((path) => ({ path, generator: basename(path).replace(/\.[^.]*$/, "") }));
}

const judgedFiles = (options: JudgeFilesOptions) =>
  untilInterrupted(
    (signal) =>
      judgeFiles({ ...options, signal, progress: progressOn() }).catch((error: unknown) => {
        throw unlessInterrupted(error, signal, "interrupted: nothing was written");
      }),
    { notice: "stopping: nothing is written (Ctrl-C again to stop at once)" },
  );

interface RankingValues {
  feedback: "binary" | "ranked";
  ranking?: Extract<Ranking, string> | "generators" | undefined;
  generators?: string | undefined;
  "reference-first": boolean;
}

/** The words after --ranking and its helpers as one recipe; undefined: none was given. */
function rankingOf(values: RankingValues): Ranking | undefined {
  const { feedback, ranking, generators, "reference-first": reference } = values;
  if (ranking !== undefined && feedback === "binary")
    throw inputError({
      what: "--ranking needs ranked feedback",
      expected: `--feedback ranked --ranking ${ranking}`,
    });
  if (ranking !== "generators") {
    if (generators !== undefined || reference)
      throw inputError({
        what: `--${generators === undefined ? "reference-first" : "generators"} needs --ranking generators`,
        expected: "--feedback ranked --ranking generators --generators BEST,...,WORST",
      });
    return ranking;
  }
  const names = (generators ?? "").split(",").map((name) => name.trim());
  if (names.includes("") || new Set(names).size !== names.length)
    throw inputError({
      what: "--ranking generators needs --generators",
      found: generators,
      expected: "their names with commas, each once, the best first: --generators strong,middle,weak",
    });
  return { generators: names, reference };
}
