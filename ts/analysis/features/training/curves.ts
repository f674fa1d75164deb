import type { FamilyRow, FamilySeries } from "../../charts/families.ts";
import { familyPlaces } from "../../charts/family-places.ts";
import { halfWindow, runningMean } from "../../charts/smooth.ts";
import type { RunSummary, TrainedArm } from "../../generated/report.ts";
import type { RunData, TrainingStep } from "../../run/run-data.ts";

type Validation = TrainedArm["looks"][number];

const validationMeasures: {
  id: string;
  label: string;
  value: (validation: Validation) => number | null | undefined;
}[] = [
  { id: "accuracy", label: "accuracy, %", value: ({ accuracy }) => inPercent(accuracy) },
  {
    id: "assessment",
    label: "assessment acc., %",
    value: ({ assessmentMicro }) => inPercent(assessmentMicro),
  },
  { id: "perplexity", label: "ppl of right COTs", value: ({ perplexityPositive }) => perplexityPositive },
];

const inPercent = (share: number | null | undefined): number | null => (share == null ? null : 100 * share);

/** The validation of all methods, one row a measure that was taken. */
export function validationRows(summary: RunSummary): FamilyRow[] {
  const places = familyPlaces(summary.methods);
  return rowsOf(validationMeasures, (valueIn) =>
    summary.methods.flatMap(({ name, label }) =>
      summary.training
        .filter(({ method }) => method === name)
        .map(({ seed, looks }): FamilySeries => {
          const points = looks.flatMap((validation) => {
            const value = valueIn(validation);
            return value == null ? [] : [{ step: validation.step, value }];
          });
          return { label, place: places.get(name)!, seed, points };
        }),
    ),
  );
}

const marginMeasures: { id: string; label: string; value: (step: TrainingStep) => number | undefined }[] = [
  { id: "margin", label: "margin (nats a token)", value: ({ margin }) => margin },
  {
    id: "assessment",
    label: "assessment acc., %",
    value: ({ assessmentAccuracy }) =>
      assessmentAccuracy === undefined ? undefined : 100 * assessmentAccuracy,
  },
  {
    id: "loss",
    label: "group loss",
    // A method without a loss over groups has no margin, and 0 for that loss.
    value: ({ loss, margin }) => (margin === undefined ? undefined : loss.alignment),
  },
];

/** What the steps measured of their own groups, smoothed. */
export function marginRows(run: RunData, summary: RunSummary): FamilyRow[] {
  const places = familyPlaces(summary.methods);
  return rowsOf(marginMeasures, (valueIn) =>
    summary.methods.flatMap(({ name, label }) =>
      run.training
        .filter(({ method }) => method === name)
        .map(({ seed, steps }): FamilySeries => {
          const values = steps.map((step) => valueIn(step) ?? Number.NaN);
          const points = runningMean(values, halfWindow(steps.length))
            .map((value, at) => ({ step: steps[at]!.step, value }))
            .filter(({ value }) => Number.isFinite(value));
          return { label, place: places.get(name)!, seed, points };
        }),
    ),
  );
}

const rowsOf = <T>(
  measures: readonly { id: string; label: string; value: T }[],
  seriesOf: (value: T) => FamilySeries[],
): FamilyRow[] =>
  measures
    .map(({ id, label, value }) => ({
      id,
      label,
      series: seriesOf(value).filter(({ points }) => points.length > 0),
    }))
    .filter(({ series }) => series.length > 0);
