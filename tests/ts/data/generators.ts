import type { Row } from "../../../ts/core/jsonl.ts";
import type { Candidate } from "../../../ts/core/records.ts";
import { GeneratorMerge, ofGenerator } from "../../../ts/data/judging/gather.ts";

/** The candidates of several models as one list, as they are judged. */
export function mergeGenerators(
  files: readonly { generator: string; rows: readonly Row<Candidate>[] }[],
): Row<Candidate>[] {
  const merge = new GeneratorMerge();
  return files.flatMap(({ generator, rows }) => {
    merge.begin();
    return rows.map(({ value, where }) => ({
      where,
      value: ofGenerator(value, generator, merge.indexOf(value)),
    }));
  });
}
