/** Everything that a report has, in the order of the page. A new section is a folder of `features/` and a line here. */
import { type Content, paragraph } from "../document/blocks.ts";
import { ablation, ablationTable } from "../features/ablation/view.ts";
import { assessor } from "../features/assessor/view.ts";
import { beta, betaTables } from "../features/beta/view.ts";
import { charts } from "../features/charts/view.ts";
import { compared } from "../features/compared/view.ts";
import { cost } from "../features/cost/view.ts";
import { difficulty } from "../features/difficulty/view.ts";
import { extraction, extractionTable } from "../features/extraction/view.ts";
import type { Feature } from "../features/feature.ts";
import { findings } from "../features/findings/view.ts";
import { inShort } from "../features/in-short/view.ts";
import { paper } from "../features/paper/view.ts";
import { questions } from "../features/questions/view.ts";
import { record } from "../features/record/view.ts";
import { resultsNotes, resultsTables } from "../features/results/terminal.ts";
import { results } from "../features/results/view.ts";
import { rounds, roundsTerminal } from "../features/rounds/view.ts";
import { selfConsistency } from "../features/self-consistency/view.ts";
import { tasks, taskTables } from "../features/tasks/view.ts";
import { training } from "../features/training/view.ts";
import type { RunSummary } from "../generated/report.ts";
import { methodWords } from "../words/index.ts";

export const features: readonly Feature[] = [
  inShort,
  compared,
  results,
  tasks,
  extraction,
  ablation,
  paper,
  rounds,
  findings,
  assessor,
  selfConsistency,
  difficulty,
  beta,
  charts,
  training,
  questions,
  cost,
  record,
];

/** What of them `aft run` prints, in its order. */
export const terminalTables: readonly ((summary: RunSummary) => Content)[] = [
  resultsTables,
  roundsTerminal,
  betaTables,
  taskTables,
  extractionTable,
  ablationTable,
  resultsNotes,
  ({ methods }) => methods.length > 0 && paragraph(methodWords(methods)),
];
