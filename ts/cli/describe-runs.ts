import {
  columns,
  comparedHeads,
  comparedNotes,
  comparedRows,
  noCommonSeed,
  percent,
  range,
  settingText,
} from "../analysis/index.ts";
import type { ComparedRuns, Difference, ListedRun } from "../experiment/index.ts";

/** A line for each run. */
export function describeRuns(runs: readonly ListedRun[], directory: string): string {
  if (runs.length === 0) return `no finished run in ${directory}`;
  return columns(
    ["Run", "finished", "seeds", "methods", "best greedy %", "", "n", "of"],
    runs.map(({ name, finishedAt, seeds, methods, best, problem }) =>
      problem !== undefined
        ? [name, `(${problem})`, "", "", "", "", "", ""]
        : [
            name,
            finishedAt.slice(0, 16).replace("T", " "),
            seeds.join(","),
            String(methods.length),
            percent(best?.value),
            range(best?.interval ?? null, (value) => percent(value)),
            best === null ? "" : String(best.n),
            best?.method ?? "",
          ],
    ),
  );
}

/** What differs, then each method with the numbers of both. */
export function describeComparison(compared: ComparedRuns): string {
  const { a, b, config, environment, methods, onlyIn } = compared;
  return [
    `A: ${a}`,
    `B: ${b}`,
    "",
    ...section("settings", config),
    "",
    ...section("versions and device", environment),
    "",
    ...methods.flatMap((method) => [
      columns(
        [method.label, ...comparedHeads],
        comparedRows(method).map(({ cells }) => cells),
      ),
      ...(method.seeds.length === 0 ? [noCommonSeed] : []),
      "",
    ]),
    ...(methods.length === 0 ? ["no method in common", ""] : []),
    ...(["a", "b"] as const).flatMap((side) =>
      onlyIn[side].length === 0 ? [] : [`only in ${side.toUpperCase()}: ${onlyIn[side].join(", ")}`],
    ),
    ...comparedNotes(compared),
  ].join("\n");
}

function section(name: string, differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [`${name}: no difference`];
  return [
    columns(
      [name, "A", "B"],
      differences.map(({ path, a, b }) => [path, settingText(a), settingText(b)]),
    ),
  ];
}
