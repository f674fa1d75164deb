import { columns, plural } from "../analysis/index.ts";
import { shownPath } from "../core/files.ts";
import type { Garbage, ShownRun, ShownStage, Verified } from "../experiment/index.ts";
import { duration } from "./progress.ts";

/** 812 B, 1.4 kB, 23.1 MB: of files, in powers of ten. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let [value, at] = [bytes, 0];
  for (; value >= 999.5 && at < units.length - 1; at++) value /= 1000;
  return `${at === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

const minute = (time: string): string => time.slice(0, 16).replace("T", " ");

/** A line for each run. */
export function describeShown(runs: readonly ShownRun[], folder: string): string {
  if (runs.length === 0) return `no run in ${folder}`;
  return [
    columns(
      ["Run", "state", "stages", "size", "when", ""],
      runs.map((run) => [run.name, run.state, stagesOf(run), size(run.bytes), minute(run.at), noteOf(run)]),
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
    `${run.name}: ${run.state}${process}, ${stagesOf(run)} stages, ${size(run.bytes)}, ${minute(run.at)}`,
    ...(run.problem === undefined ? [] : [run.problem]),
    "",
    columns(
      ["Stage", "state", "took", "size", "when", "artefact"],
      all.map(({ label, done, seconds, bytes, finishedAt, artefact }) => [
        label,
        done ? "done" : bytes > 0 ? "begun" : "to do",
        seconds === undefined ? "" : duration(seconds),
        size(bytes),
        minute(finishedAt ?? ""),
        artefact,
      ]),
    ),
  ].join("\n");
}

export const describeVerified = ({ artefacts, files, bytes, damaged, missing }: Verified): string =>
  [
    `${plural(artefacts, "artefact")}, ${plural(files, "file")}, ${size(bytes)} read`,
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
      unused.map(({ kind, bytes, path }) => [kind, size(bytes), shownPath(path)]),
    ),
    "",
    `${plural(unused.length, "thing")} that no run refers to, ${size(bytes)} in all`,
  ].join("\n");
}
