import { columns } from "../document/columns.ts";
import { autoAgainstSearch, autoBetas, describeAuto, searchedBetas } from "../features/beta/numbers.ts";
import { percent, plural } from "./format.ts";
import type { RunSummary } from "./schema.ts";

const width = 100;

type Searched = ReturnType<typeof searchedBetas>[number];

/** How each beta was come by, for a terminal; empty where every beta was given as a number. */
export function betaTable(summary: RunSummary): string[] {
  const autos = autoBetas(summary);
  const both = autoAgainstSearch(summary);
  return [
    ...searchedBetas(summary).flatMap((searched) => ["", searchTable(searched)]),
    ...(autos.length === 0 ? [] : [""]),
    ...autos.flatMap((auto) => wrap(describeAuto(auto), width)),
    ...(both.length === 0 ? [] : [""]),
    ...both.flatMap((text) => wrap(text, width)),
  ];
}
/** Validation accuracy of every value that was tried, one row a seed. */
function searchTable({ method, seeds }: Searched): string {
  const values = [...new Set(seeds.flatMap(({ points }) => points.map(({ beta }) => beta)))].sort(
    (a, b) => a - b,
  );
  const questions = seeds[0]!.points[0]?.questions ?? 0;
  const head = `${method.label}: % right of ${plural(questions, "validation question")}, by ${seeds[0]!.parameter}`;
  return columns(
    [head, ...values.map(String), "chosen"],
    seeds.map(({ seed, points, chosen }) => [
      `seed ${seed}`,
      ...values.map((value) => percent(points.find(({ beta }) => beta === value)?.accuracy)),
      String(chosen),
    ]),
  );
}

function wrap(text: string, most: number): string[] {
  return text.split(" ").reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
    return lines;
  }, []);
}
