/** Mistakes of one kind in many rows of a file, told once: the first in full, of the others their rows. */
import type { Problem } from "./problem.ts";

/** So many kinds are told in full. */
const mostKinds = 20;
/** So many runs of rows are named. */
const mostRanges = 8;

interface Kind {
  first: Problem;
  /** Told in full, too, where there is no third: to say that there is one more takes as many words. */
  second?: { problem: Problem; at: number };
  /** The how-manieth problem the first was. */
  at: number;
  /** How many there are beside the first, and their rows as runs, first and last of each. */
  others: number;
  ranges: [from: number, to: number][];
  /** Those that no kept run holds. */
  unnamed: number;
}

/** Takes problems as they are found and keeps of each kind the first, so that their number costs no memory. */
export class Alike {
  readonly #kinds = new Map<unknown, Kind>();
  readonly #most: number;
  #left = 0;
  #count = 0;

  constructor(most = mostKinds) {
    this.#most = most;
  }

  add(problem: Problem): void {
    const at = this.#count++;
    const place = placeOf(problem);
    // One without a row is a kind by itself.
    const key = place === undefined ? problem : keyOf(problem, place.file);
    const kind = this.#kinds.get(key);
    if (kind !== undefined) {
      kind.second ??= { problem, at };
      addRow(kind, place!.row);
    } else if (this.#kinds.size < this.#most)
      this.#kinds.set(key, { first: problem, at, others: 0, ranges: [], unnamed: 0 });
    else this.#left++;
  }

  /** How many are of a kind that is not told. */
  get left(): number {
    return this.#left;
  }

  /** The first of each kind, which tells of the others. */
  problems(): Problem[] {
    return [...this.#kinds.values()]
      .flatMap(({ first, at, second, ...others }) =>
        others.others > 1
          ? [{ problem: { ...first, alike: othersText(others) }, at }]
          : [{ problem: first, at }, ...(second === undefined ? [] : [second])],
      )
      .sort((a, b) => a.at - b.at)
      .map(({ problem }) => problem);
  }
}

/** Those of one kind joined, in the order of each kind's first; however many kinds. */
export function joinAlike(problems: readonly Problem[]): Problem[] {
  const alike = new Alike(Number.POSITIVE_INFINITY);
  for (const problem of problems) alike.add(problem);
  return alike.problems();
}

/** `file:row`; of `file:line:column`, or of what tells of others already, none. */
function placeOf({ where, alike }: Problem): { file: string; row: number } | undefined {
  const [, file, row] = /^(.*):(\d+)$/s.exec(where ?? "") ?? [];
  return file === undefined || alike !== undefined || /:\d+$/.test(file)
    ? undefined
    : { file, row: Number(row) };
}

/** The value found does not make another kind. */
const keyOf = ({ what, expected, nearest, fix }: Problem, file: string): string =>
  JSON.stringify([file, what, expected, nearest, fix]);

function addRow(kind: Kind, row: number): void {
  kind.others++;
  const last = kind.ranges.at(-1);
  if (last !== undefined && row === last[1] + 1 && kind.unnamed === 0) last[1] = row;
  else if (kind.ranges.length < mostRanges) kind.ranges.push([row, row]);
  else kind.unnamed++;
}

/** `and 11 more like it: rows 2 to 9, 12 and 4 others` */
function othersText({ others, ranges, unnamed }: Pick<Kind, "others" | "ranges" | "unnamed">): string {
  const rows = ranges.map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  const parts = unnamed === 0 ? rows : [...rows, `${unnamed} others`];
  const list = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
  return `and ${others} more like it: rows ${list}`;
}
