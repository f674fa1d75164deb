import type { RunSummary } from "../../generated/report.ts";
import type { Feature } from "../feature.ts";
import { type Chapter, chapterBlocks } from "../findings/catalogue.ts";
import { certainty } from "./certainty.ts";
import { done } from "./done.ts";
import { results } from "./results.ts";

/** The report in plain words: what was done, what came out, how sure that is. Every number is one of the tables'. */
export const chapters: readonly Chapter<RunSummary>[] = [done, results, certainty];

/** Nothing where no method was evaluated. */
export const inShort: Feature = {
  section: { id: "in-short", title: () => "In short" },
  view: ({ summary }) => summary.methods.length > 0 && chapterBlocks(chapters, summary),
};
