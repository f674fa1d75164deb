import type { FamilyRow, FamilySeries } from "../../charts/families.ts";
import { halfWindow, runningMean } from "../../charts/smooth.ts";
import type { RunSummary, TrainedArm } from "../../generated/report.ts";
import { familyPlaces } from "../../run/families.ts";
import type { RunData, TrainingStep } from "../../run/run-data.ts";

type Validation = TrainedArm["looks"][number];

const validationMeasures: {
  id: string;
  label: string;
  of: (validation: Validation) => number | null | undefined;
}[] = [
  { id: "accuracy", label: "accuracy, %", of: ({ accuracy }) => inPercent(accuracy) },
  {
    id: "assessment",
    label: "assessment acc., %",
    of: ({ assessmentMicro }) => inPercent(assessmentMicro),
  },
  { id: "perplexity", label: "ppl of right COTs", of: ({ perplexityPositive }) => perplexityPositive },
];

const inPercent = (share: number | null | undefined): number | null => (share == null ? null : 100 * share);

/** The validation of all methods, one row a measure that was taken. */
export function validationRows(summary: RunSummary): FamilyRow[] {
  const places = familyPlaces(summary.methods);
  return rowsOf(validationMeasures, (of) =>
    summary.methods.flatMap(({ name, label }) =>
      summary.training
        .filter(({ method }) => method === name)
        .map(({ seed, looks }): FamilySeries => {
          const points = looks.flatMap((validation) => {
            const value = of(validation);
            return value == null ? [] : [{ step: validation.step, value }];
          });
          return { label, place: places.get(name)!, seed, points };
        }),
    ),
  );
}

const marginMeasures: { id: string; label: string; of: (step: TrainingStep) => number | undefined }[] = [
  { id: "margin", label: "margin (nats a token)", of: ({ margin }) => margin },
  {
    id: "assessment",
    label: "assessment acc., %",
    of: ({ assessmentAccuracy }) => (assessmentAccuracy === undefined ? undefined : 100 * assessmentAccuracy),
  },
  {
    id: "loss",
    label: "group loss",
    // A method without a loss over groups has no margin, and 0 for that loss.
    of: ({ loss, margin }) => (margin === undefined ? undefined : loss.alignment),
  },
];

/** What the steps measured of their own groups, smoothed. */
export function marginRows(run: RunData, summary: RunSummary): FamilyRow[] {
  const places = familyPlaces(summary.methods);
  return rowsOf(marginMeasures, (of) =>
    summary.methods.flatMap(({ name, label }) =>
      run.training
        .filter(({ method }) => method === name)
        .map(({ seed, steps }): FamilySeries => {
          const values = steps.map((step) => of(step) ?? Number.NaN);
          const points = runningMean(values, halfWindow(steps.length))
            .map((value, at) => ({ step: steps[at]!.step, value }))
            .filter(({ value }) => Number.isFinite(value));
          return { label, place: places.get(name)!, seed, points };
        }),
    ),
  );
}

const rowsOf = <T>(
  measures: readonly { id: string; label: string; of: T }[],
  seriesOf: (of: T) => FamilySeries[],
): FamilyRow[] =>
  measures
    .map(({ id, label, of }) => ({
      id,
      label,
      series: seriesOf(of).filter(({ points }) => points.length > 0),
    }))
    .filter(({ series }) => series.length > 0);
