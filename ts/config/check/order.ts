import type { Problem } from "../../core/errors.ts";

/** A longer expectation is not read a second time. */
const longExpected = 100;

/** By place in the files, `--set` last; a mistake in a file that is extended twice is reported once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [`${problem.where} ${problem.what}`, problem]));
  const order = ({ where = "" }: Problem): [string, number, number] => {
    const [, file = "", line = 0, column = 0] = /^(.*):(\d+):(\d+)$/.exec(where) ?? [];
    return [where.startsWith("(") ? "\uffff" : file, Number(line), Number(column)];
  };
  return [...distinct.values()]
    .map((problem) => ({ problem, key: order(problem) }))
    .sort((a, b) =>
      a.key[0] < b.key[0] ? -1 : a.key[0] > b.key[0] ? 1 : a.key[1] - b.key[1] || a.key[2] - b.key[2],
    )
    .map(({ problem }) => problem)
    .map((problem, index, all) => {
      const { expected = "" } = problem;
      const first = all.findIndex((other) => other.expected === expected);
      return expected.length > longExpected && first < index
        ? { ...problem, expected: `as above (${all[first]!.where})` }
        : problem;
    });
}
