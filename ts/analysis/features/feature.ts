/**
 * What a section of the report is: its numbers (a part of report.json) and how they are shown. A new one is a folder here
 * and a line in `report/features.ts`.
 */
import type { z } from "zod";
import type { Content } from "../document/blocks.ts";
import type { Measured, RunSummary } from "../generated/report.ts";
import type { Drawn, Resampling } from "../measure/draws.ts";
import type { RunData } from "../run/run-data.ts";

/** What every feature's numbers are worked out from. */
export interface Source extends Resampling {
  run: RunData;
  /** The run with the test questions of the trained tasks alone, which the headline numbers are of. */
  headline: RunData;
  /** Every method's tallies and bootstrap draws on those, and what is measured of them; p not yet adjusted for many. */
  drawn: Drawn;
  measured: readonly Measured[];
}

type Key = keyof RunSummary;

/** A feature's part of report.json. */
export interface Numbers<Given extends Key = Key, Needed extends Key = never> {
  schema: { readonly [K in Given]-?: z.ZodType };
  /** Parts that must be there before; parts which need others are worked out last. */
  needs?: readonly Needed[];
  /** Pure: the same run gives the same numbers. */
  compute: (source: Source, parts: Pick<RunSummary, Needed>) => Pick<RunSummary, Given>;
}

/** One that any list can hold. */
export const numbers = <Given extends Key, Needed extends Key = never>(
  part: Numbers<Given, Needed>,
): Numbers => part as unknown as Numbers;

/** What a view shows: the numbers, and for charts and texts the run itself. */
export interface Shown {
  summary: RunSummary;
  run: RunData;
  headline: RunData;
  /** How many questions are printed with their COTs. */
  examples: number;
  /** Whether the page holds the app with all questions. */
  hasApp: boolean;
}

export interface Feature {
  /** Where it stands; a feature without one goes on in the section before it. */
  section?: { id: string; title: (summary: RunSummary) => string; contentsTitle?: string };
  numbers?: Numbers | readonly Numbers[];
  /** Nothing: the run has nothing of the kind. */
  view?: (shown: Shown) => Content;
}
