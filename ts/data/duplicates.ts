import type { Problem } from "../core/errors.ts";
import type { Row } from "../core/jsonl.ts";
import type { Question } from "../core/records.ts";
import { grouped, refuse } from "./problems.ts";
import type { SplitName } from "./task.ts";

/** What makes two questions the same: their words and their options, whatever the spaces between the words. */
export const contentOf = ({ question, choices = [] }: Question): string =>
  JSON.stringify([question, ...choices].map((text) => text.trim().replaceAll(/\s+/g, " ")));

/** Questions that occur more than once, each with all of them. */
export const repeated = <T>(items: readonly T[], questionOf: (item: T) => Question): T[][] =>
  [...grouped(items, (item) => contentOf(questionOf(item))).values()].filter((same) => same.length > 1);

/** Refuses a question that stands in two splits: what is tested on must not have been trained on. */
export function refuseShared(splits: Record<SplitName, readonly Row<Question>[]>): void {
  const first = new Map<string, SplitName>();
  const problems: Problem[] = [];
  for (const split of ["train", "validation", "test"] as const)
    for (const { value, where } of splits[split]) {
      const content = contentOf(value);
      const before = first.get(content);
      if (before === undefined) first.set(content, split);
      else if (before !== split)
        problems.push({
          what: `a question of the ${before} split is in the ${split} split too`,
          where,
          found: value.question,
          expected: "splits that share no question",
          fix: "take it out of one of the files",
        });
    }
  refuse(problems);
}
