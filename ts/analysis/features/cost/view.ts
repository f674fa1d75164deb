import { memorySize } from "../../../core/bytes.ts";
import { duration } from "../../../core/duration.ts";
import { type ColumnOf, note, tableOf } from "../../document/blocks.ts";
import { whole } from "../../format.ts";
import type { CostRow } from "../../generated/report.ts";
import type { Feature } from "../feature.ts";
import { cost as numbers } from "./numbers.ts";

/** What the run took, stage by stage and method by method. */
export const cost: Feature = {
  section: { id: "cost", title: () => "What it cost" },
  numbers,
  view: ({ summary: { cost: found, methods, device } }) => {
    if (found === undefined || found.total.runs === 0) return null;
    const labels = new Map(methods.map(({ name, label }) => [name, label]));
    const { seconds: spent, secondsHere } = found.total;
    const isPartlyReused = secondsHere > 0 && secondsHere < spent;
    const isAccelerated = (found.total.peakAcceleratorBytes ?? 0) > 0;
    const columns: (ColumnOf<CostRow> | false)[] = [
      ["artefacts", ({ runs }) => runs],
      ["time", ({ seconds }) => duration(seconds)],
      isPartlyReused && [
        "of it in this run",
        ({ secondsHere }) => (secondsHere === 0 ? "reused" : duration(secondsHere)),
      ],
      ["tokens", ({ tokens }) => known(tokens, whole)],
      ["tokens/s", ({ tokensPerSecond }) => known(tokensPerSecond, whole)],
      ["main memory, highest", ({ peakResidentBytes }) => known(peakResidentBytes, memorySize)],
      isAccelerated && [
        "accelerator memory, highest",
        ({ peakAcceleratorBytes }) => known(peakAcceleratorBytes, memorySize),
      ],
    ];
    return [
      tableOf(
        [...found.byStage, { ...found.total, name: "all together" }],
        [["Stage", ({ name }) => name], ...columns],
        { label: "Cost by stage", caption: `By stage, on ${device}` },
      ),
      found.byMethod.length > 0 &&
        tableOf(found.byMethod, [["Method", ({ name }) => labels.get(name) ?? name], ...columns], {
          label: "Cost by method",
          caption:
            "By method: its own training and evaluation, all seeds; VFT, samples and judging serve all methods and stand above",
        }),
      note(
        `Time is that of the work itself when it was done, interruptions and the installing of Python left out. ${reusedText(found.total)} Tokens are those trained on, sampled or scored, and tokens/s go by the whole time of the stages that count them, loading the model included. Memory is the worker’s highest since its start, up to the end of the stage: a stage after a larger one shows the larger one’s. – : not recorded.`,
      ),
    ];
  },
};

function reusedText({ seconds, secondsHere }: CostRow): string {
  if (secondsHere === 0) return "This run made nothing anew: all of it was there before, and was reused.";
  return secondsHere < seconds ? "What was there before was reused." : "All of it was done in this run.";
}

const known = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);
