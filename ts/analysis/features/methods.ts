/** What sentences say of a run's methods. */

import { percent, points, range } from "../format.ts";
import type { Difference, MethodSummary, Metric, RunSummary, Share } from "../generated/report.ts";
import { shownInterval } from "../measure/verdicts.ts";
import { against } from "./cells.ts";

/** The VFT weights alone. */
export const isUntouched = (methods: readonly MethodSummary[]): boolean =>
  methods.every(({ role }) => role === "kept");

/** From the model's own solutions. */
export const isAligned = ({ role }: MethodSummary): boolean => role !== "kept" && role !== "continued";

export const startOf = ({ methods }: RunSummary): MethodSummary | undefined =>
  methods.find(({ role }) => role === "kept");

export const continuedOf = ({ methods }: RunSummary): MethodSummary | undefined =>
  methods.find(({ role }) => role === "continued");

/** How many questions a method was asked, by whichever number is over questions. */
export const questionsAsked = ({ metrics }: MethodSummary): number =>
  metrics.accuracy.perSeed[0]?.n || metrics.majority.perSeed[0]?.n || 0;

export const highest = (methods: readonly MethodSummary[], metric: "accuracy" | "assessmentMicro") =>
  methods
    .filter(({ metrics }) => metrics[metric].value !== null)
    .reduce<MethodSummary | undefined>(
      (best, method) =>
        best === undefined || method.metrics[metric].value! > best.metrics[metric].value! ? method : best,
      undefined,
    );

/** A share with its interval, as sentences say it. */
export const shareText = ({ value, interval }: Pick<Metric | Share, "value" | "interval">): string =>
  `${percent(value)} %${interval === null ? "" : ` ${range(interval, (share) => percent(share))}`}`;

/** What continued VFT is; it takes as many steps as the methods only where none has settings of its own. */
export const furtherTraining = ({ diagnostics }: RunSummary): string =>
  diagnostics.some(({ id }) => id === "unequal-training")
    ? "further steps of plain fine-tuning"
    : "the same number of further steps of plain fine-tuning";

/** A difference with the interval that decides, as sentences say it. */
export const inPoints = (difference: Difference): string =>
  `${points(difference.value)} points ${range(shownInterval(difference), points)}`.trimEnd();

/** Of greedy answers, to the baseline: continued VFT, or the weights as they were. */
export const differenceTo = (method: MethodSummary, baseline: MethodSummary): Difference | undefined =>
  against(method, baseline.role === "continued" ? "continued" : "kept")?.differences.accuracy;

/** Of several a name with a comma would look like two. */
export const inWords = (all: readonly string[]): string =>
  listed(all.length < 2 ? all : all.map((name) => (/^[^(]*,[^(]*$/.test(name) ? `“${name}”` : name)));

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
