import { basename } from "node:path";
import { plural } from "../analysis/index.ts";
import { inputError } from "../core/errors.ts";
import { type Row, readRows, writeJsonl } from "../core/jsonl.ts";
import { type Candidate, candidateSchema, questionSchema } from "../core/records.ts";
import {
  extractModes,
  judge,
  mergeGenerators,
  notUnderstood,
  type Ranking,
  taskNames,
} from "../data/index.ts";
import { namedTask, setOfTask } from "./data/settings.ts";
import { define, jsonOption } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";

/** Of answers that were not understood. */
const mostExamples = 5;

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
      describe: "strict: the task's own answer form; flexible: the last number counts",
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
    questions: { type: "string", demandOption: true, describe: "questions.jsonl" },
    in: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "candidates.jsonl; several files, one a generator, with --in before each",
    },
    out: { type: "string", demandOption: true, describe: "groups.jsonl, written whole or not at all" },
    json: jsonOption("print the counts as JSON"),
  },
  async handler(values) {
    const { extract, label, feedback, questions, in: files, out, json } = values;
    const { task } = namedTask(values.task, values.set);
    const ranking = rankingOf(values);
    const { groups, counts } = judge(await readRows(questions, questionSchema), await readCandidates(files), {
      task,
      extract,
      label,
      feedback,
      ranking,
    });
    await writeJsonl(out, groups);
    if (json) return printJson(counts);
    for (const [name, value] of Object.entries(counts)) printLine(`${name}: ${value}`);
    const unread = notUnderstood(groups).slice(0, mostExamples);
    if (unread.length > 0) printLine("stated and not understood, for example:");
    for (const { stated, times, questionId } of unread)
      printLine(`  ${stated} (${plural(times, "candidate")}; question ${questionId})`);
    printLine(`written: ${out}`);
  },
});

/** One file as it is; of several, rows that do not say otherwise are their file's: `strong.jsonl` is of `strong`. */
async function readCandidates(files: readonly string[]): Promise<Row<Candidate>[]> {
  if (files.length === 0) throw inputError({ what: "--in needs a value", expected: "a file of candidates" });
  const read = await Promise.all(
    files.map(async (file) => ({
      generator: basename(file).replace(/\.[^.]*$/, ""),
      rows: await readRows(file, candidateSchema),
    })),
  );
  return read.length === 1 ? read[0]!.rows : mergeGenerators(read);
}

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
