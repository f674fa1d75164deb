import type { Content } from "../../document/blocks.ts";
import type { RunSummary } from "../../report/schema.ts";
import { type Chapter, chapterBlocks } from "../findings/catalogue.ts";
import { certainty } from "./certainty.ts";
import { done } from "./done.ts";
import { results } from "./results.ts";

/** The report in plain words: what was done, what came out, how sure that is. Every number is one of the tables'. */
export const chapters: readonly Chapter<RunSummary>[] = [done, results, certainty];

/** Nothing where no method was evaluated. */
export const inShort = (summary: RunSummary): Content =>
  summary.methods.length > 0 && chapterBlocks(chapters, summary);
