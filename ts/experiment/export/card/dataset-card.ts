import { stringify } from "yaml";
import { version } from "../../../core/project.ts";
import type { RunRecord } from "../../run/run-record.ts";
import type { ExportFormat } from "../formats.ts";
import type { GroupsFile } from "../groups.ts";
import { dataset } from "./origin.ts";
import { fenced, publicYaml } from "./subject.ts";

export interface DatasetSubject {
  format: ExportFormat;
  seed: number;
  files: readonly GroupsFile[];
  /** `ORGANISATION/NAME`. */
  repository?: string;
}

const rowsAre: Record<ExportFormat, string> = {
  groups:
    "a question with its `prompt`, `reference` solution and `answer`, and all `candidates` that were sampled for it: `text`, `correct`, `extracted` answer, and what else the judge knows of each",
  "trl-preference": "a pair for TRL: `prompt`, `chosen` (right) and `rejected` (wrong)",
  "trl-unpaired": "a solution for TRL: `prompt`, `completion` and `label` (whether it is right)",
  rrhf: "a question for RRHF: `query`, `responses` and their `scores`",
};

/** README.md beside the judged samples: what they are, who made them and how they were judged. */
export function datasetCard(record: RunRecord, { format, seed, files, repository }: DatasetSubject): string {
  const { name, tasks, extract } = record;
  const configs = files.map(({ name: file }, at) => ({
    config_name: at === 0 ? "default" : file.replace(/\.jsonl$/, ""),
    data_files: [{ split: "train", path: file }],
  }));
  const front = stringify({
    pretty_name: `${name}: judged samples`,
    task_categories: ["text-generation"],
    tags: ["aft", "chain-of-thought", "synthetic"],
    configs,
  });
  const trained = tasks.filter(({ use }) => use === "train");
  const place = repository === undefined ? '"json", data_files="train.jsonl"' : JSON.stringify(repository);
  return `---
${front}---

# ${name}: judged samples

Solutions that a model sampled to training questions, each judged by its final answer. Made with AFT ${version} by the experiment
"${name}", seed ${seed}. A row is ${rowsAre[format]}.

| file | rows | |
|---|---:|---|
${files.map((file) => `| \`${file.name}\` | ${file.rows.toLocaleString("en-US")} | ${roundOf(file, files.length > 1)} |`).join("\n")}

${fenced(`from datasets import load_dataset\n\nrows = load_dataset(${place}, split="train")`, "python")}

## How they were made

- An answer was found in a solution by the ${extract} rule; a solution is right where that answer is the question's.
- Right is the answer alone: a solution with a wrong step and a right end counts as right.
- Samples are a model's own words and are not checked beyond their answers.
${trained.map((task) => `- Questions: ${dataset(task)}`).join("\n")}

## The whole experiment

${fenced(publicYaml(record), "yaml")}
`;
}

function roundOf({ round, method }: GroupsFile, several: boolean): string {
  if (method !== undefined) return `round ${round}, by the weights of ${method} after round ${round - 1}`;
  return several ? "round 1, by the VFT model, for all methods" : "by the VFT model, for all methods";
}
