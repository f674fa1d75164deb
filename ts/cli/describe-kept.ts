import { columns, plural } from "../analysis/index.ts";
import { fileSize } from "../core/bytes.ts";
import { duration } from "../core/duration.ts";
import { shownPath } from "../core/files.ts";
import type { Garbage, ShownRun, ShownStage, Verified } from "../experiment/index.ts";

const minute = (time: string): string => time.slice(0, 16).replace("T", " ");

/** A line for each run. */
export function describeShown(runs: readonly ShownRun[], folder: string): string {
  if (runs.length === 0) return `no run in ${folder}`;
  return [
    columns(
      ["Run", "state", "stages", "size", "when", ""],
      runs.map((run) => [
        run.name,
        run.state,
        stagesOf(run),
        fileSize(run.bytes),
        minute(run.at),
        noteOf(run),
      ]),
    ),
    "",
    "size: of its folder and all artefacts that it refers to; what runs share counts for each",
  ].join("\n");
}

const stagesOf = ({ stages }: ShownRun): string => `${stages.done} of ${stages.total}`;
const noteOf = ({ process, problem }: ShownRun): string => problem ?? process ?? "";

/** A run with a line for each of its stages. */
export function describeStages({ all, ...run }: ShownRun & { all: readonly ShownStage[] }): string {
  const process = run.process === undefined ? "" : ` (${run.process})`;
  return [
    `${run.name}: ${run.state}${process}, ${stagesOf(run)} stages, ${fileSize(run.bytes)}, ${minute(run.at)}`,
    ...(run.problem === undefined ? [] : [run.problem]),
    "",
    columns(
      ["Stage", "state", "took", "size", "when", "artefact"],
      all.map(({ label, done, seconds, bytes, finishedAt, artefact }) => [
        label,
        done ? "done" : bytes > 0 ? "begun" : "to do",
        seconds === undefined ? "" : duration(seconds),
        fileSize(bytes),
        minute(finishedAt ?? ""),
        artefact,
      ]),
    ),
  ].join("\n");
}

export const describeVerified = ({ artefacts, files, bytes, damaged, missing }: Verified): string =>
  [
    `${plural(artefacts, "artefact")}, ${plural(files, "file")}, ${fileSize(bytes)} read`,
    damaged.length + missing.length === 0 ? "every file is what was written" : "",
  ]
    .filter((line) => line !== "")
    .join("\n");

/** What would go, and what that frees. */
export function describeGarbage({ unused, bytes }: Garbage): string {
  if (unused.length === 0)
    return "nothing to free: runs refer to every artefact, and nothing was left behind";
  return [
    columns(
      ["Kind", "frees", "path"],
      unused.map(({ kind, bytes, path }) => [kind, fileSize(bytes), shownPath(path)]),
    ),
    "",
    `${plural(unused.length, "thing")} that no run refers to, ${fileSize(bytes)} in all`,
  ].join("\n");
}
