import { badge, type Content, findings, quiet, text } from "../../document/blocks.ts";
import type { RunSummary } from "../../generated/report.ts";
import type { SweepNumbers } from "../numbers.ts";

/** What the cells' reports warn of, each kind once a method; the words are those of the first cell. */
export function warnings({ done, summaries }: SweepNumbers): Content {
  const byKind = new Map<string, { words: string; cells: string[] }>();
  for (const { cell } of done)
    for (const { key, words } of warningsIn(summaries.get(cell))) {
      const warning = byKind.get(key) ?? { words, cells: [] };
      if (!warning.cells.includes(cell)) warning.cells.push(cell);
      byKind.set(key, warning);
    }
  if (byKind.size === 0) return null;
  return findings(
    [...byKind.values()]
      .sort((a, b) => b.cells.length - a.cells.length)
      .map(({ words, cells }) => ({
        badge: badge("warning", `${cells.length} of ${done.length}`),
        text: cells.length > 1 ? text`${words} ${quiet(whoseWords(cells, done.length))}` : words,
      })),
  );
}

function whoseWords([first, ...others]: readonly string[], done: number): string {
  return others.length + 1 === done
    ? `(in the words of ${first})`
    : `(in the words of ${first}; also ${others.join("; ")})`;
}

/** Warnings of the training each by its kind: that beta is too small in one cell says nothing of another. */
function warningsIn(summary: RunSummary | undefined): { key: string; words: string }[] {
  const { diagnostics = [], methods = [], training = [] } = summary ?? {};
  const labels = new Map(methods.map(({ name, label }) => [name, label]));
  return [
    ...diagnostics
      .filter(({ id, level }) => level === "warning" && id !== "warned-while-training")
      .map(({ id, method = "", text: words }) => ({ key: `${id} ${method}`, words })),
    ...training.flatMap((arm) =>
      (arm.warnings ?? []).map(({ kind, step, text: words }) => ({
        key: `while training ${kind ?? words} ${arm.method}`,
        words: `${labels.get(arm.method) ?? arm.method}, while training, seed ${arm.seed}, step ${step}: ${words}.`,
      })),
    ),
  ];
}
