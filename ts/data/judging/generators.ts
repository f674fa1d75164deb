import type { Row } from "../../core/jsonl.ts";
import type { Candidate } from "../../core/records.ts";

/**
 * The candidates of several models as one list: each is told its generator, its row's own or its file's name, and those
 * of a later file are numbered on after those of the files before it, question by question.
 */
export function mergeGenerators(
  files: readonly { generator: string; rows: readonly Row<Candidate>[] }[],
): Row<Candidate>[] {
  const next = new Map<string, number>();
  return files.flatMap(({ generator, rows }) => {
    const before = new Map(next);
    return rows.map(({ value, where }) => {
      const index = value.index + (before.get(value.questionId) ?? 0);
      next.set(value.questionId, Math.max(next.get(value.questionId) ?? 0, index + 1));
      return { where, value: { ...value, generator: value.generator ?? generator, index } };
    });
  });
}
