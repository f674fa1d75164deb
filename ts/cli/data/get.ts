import { join, resolve } from "node:path";
import { inputError, nearestName } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import {
  catalogue,
  type Dataset,
  dataFolder,
  datasetOf,
  type Got,
  getDataset,
  taskKind,
} from "../../data/index.ts";
import { define } from "../definition.ts";
import { printLine } from "../exit.ts";
import { untilInterrupted } from "../interrupt.ts";
import { progressOn } from "../progress.ts";

export const get = define({
  positionals: {
    task: { type: "string", demandOption: true, describe: catalogue.map(({ task }) => task).join(", ") },
  },
  options: {
    to: {
      type: "string",
      describe:
        "the data folder, in which the task gets a folder of its own; when left out AFT_DATA, or data",
    },
  },
  async handler({ task, to }) {
    const dataset = downloadable(task);
    const folder = resolve(to ?? dataFolder());
    const command = `aft data get ${task}${to === undefined ? "" : ` --to ${to}`}`;
    const files = await untilInterrupted(
      (signal) => getDataset(dataset, { to: folder, progress: progressOn(), signal }),
      { fix: `the same command goes on from there: ${command}` },
    );
    printResult(dataset, files, folder);
  },
});

function downloadable(task: string): Dataset {
  const dataset = datasetOf(task);
  if (dataset !== undefined) return dataset;
  const names = catalogue.map((entry) => entry.task);
  const problem = { what: "no dataset to download", found: task, expected: `one of ${names.join(", ")}` };
  const nearest = nearestName(task, names);
  if (nearest !== undefined) throw inputError({ ...problem, nearest });
  // Names the nearest task where it is none at all.
  taskKind(task);
  throw inputError({
    ...problem,
    fix:
      task === "custom"
        ? "name your files in the task's settings"
        : `aft data make ${task} makes its questions`,
  });
}

function printResult(dataset: Dataset, files: readonly Got[], folder: string): void {
  for (const { file, bytes, already, checkedBy, sha256 } of files) {
    printLine(
      `${already ? "here already" : "downloaded"}: ${shownPath(file)} (${bytes.toLocaleString("en-US")} bytes)`,
    );
    printLine(`  ${checked[checkedBy]}${checkedBy === "first" ? `: ${sha256}` : ""}`);
  }
  const { title, questions, licence, citation, homepage, byHand, task } = dataset;
  printLine(`\n${title}: ${questions}\nlicence: ${licence}\nhomepage: ${homepage}\nplease cite: ${citation}`);
  if (byHand !== undefined)
    printLine(
      `\nthe authors' own ranked candidates are not published as far as is known: put yours at ${shownPath(join(folder, task, byHand))}, one row a question: {"question", "answer"?, "candidates": [{"text", "rank" or "score"}]}`,
    );
  if (folder !== dataFolder())
    printLine(
      `\ntasks look in ${shownPath(dataFolder())}: set AFT_DATA=${shownPath(folder)}, or name the files in the task's settings`,
    );
  printLine(`\nsee what the model is given: aft data show ${task}`);
}

const checked: Record<Got["checkedBy"], string> = {
  publisher: "is the published file (SHA-256)",
  server: "has the SHA-256 that its server tells; kept in aft-data.lock.json and checked from now on",
  pin: "is the file that was downloaded first (SHA-256 in aft-data.lock.json)",
  first:
    "its publisher's SHA-256 is not known here: this one is kept in aft-data.lock.json and checked from now on",
};
