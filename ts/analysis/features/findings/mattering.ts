/**
 * Which warnings a reader is to see before anything else: in the report as badges, at the end of a run on the terminal.
 * Everything else stands in the report, under what the numbers say.
 */
import { percent, plural, whole } from "../../format.ts";
import type { Diagnostic, RunSummary } from "../../generated/report.ts";
import { inWords } from "../methods.ts";
import { groupsWithoutPair } from "./answers.ts";
import type { Measurements } from "./measurements.ts";

export interface MatteringWarning {
  id: Diagnostic["id"];
  /** In a few words, with its number. */
  label: string;
  /** As the report says it; one for each method that it is about. */
  texts: string[];
}

type Labelled = (found: readonly Diagnostic[], names: string) => string;

const share = (value: number | null | undefined): string => `${percent(value, 0)} %`;

/** By what is warned of, the most serious first; what is not named here is a detail, or is said by the verdict. */
const labels: Partial<Record<Diagnostic["id"], Labelled>> = {
  "few-questions": ([{ evidence } = none]) => `only ${plural(evidence.questions ?? 0, "question")}`,
  "memorised-training": ([{ evidence } = none]) =>
    `over-fitted: ${share(evidence.training)} right on training questions, ${share(evidence.test)} on others`,
  "groups-without-pair": ([{ evidence } = none]) =>
    `${whole(evidence.withoutPair ?? 0)} of ${plural(evidence.groups ?? 0, "training question")} without a pair`,
  "unequal-training": (_, names) => `trained otherwise than the baseline: ${names}`,
  "overfit-to-assessing": (_, names) => `over-fitted to assessing: ${names}`,
  "positives-less-likely": (_, names) => `right solutions less likely: ${names}`,
  "out-of-distribution": (_, names) => `worse on other tasks: ${names}`,
  "unreadable-output": (_, names) => `outputs without an answer: ${names}`,
  "unparsed-answers": () => "answers that the rule does not understand",
  "answers-not-in-form": (_, names) => `answers not in the asked form: ${names}`,
  "right-by-wrong-steps": ([{ evidence } = none]) =>
    `${share((evidence.byWrongSteps ?? 0) / (evidence.rightAnswers || 1))} of right answers by wrong steps`,
};

const none: Pick<Diagnostic, "evidence"> = { evidence: {} };

/** A rise of perplexity by less than this share is seen with thousands of solutions, and is no reason to do anything. */
const slightRise = 0.01;

function isSlight({ id, evidence: { perplexity, difference } }: Diagnostic): boolean {
  if (id !== "positives-less-likely" || perplexity == null || difference == null) return false;
  return difference < slightRise * (perplexity - difference);
}

/** So many methods are named. */
const mostNamed = 2;

/** The most serious first; none where nothing is to be warned of. */
export function matteringWarnings({
  diagnostics,
  methods,
}: Pick<RunSummary, "diagnostics" | "methods">): MatteringWarning[] {
  return (Object.entries(labels) as [Diagnostic["id"], Labelled][]).flatMap(([id, label]) => {
    const found = diagnostics.filter(
      (finding) => finding.id === id && finding.level === "warning" && !isSlight(finding),
    );
    if (found.length === 0) return [];
    const about = methods
      .filter(({ name }) => found.some(({ method }) => method === name))
      .map(({ label: name }) => name);
    const names = about.length > mostNamed ? plural(about.length, "method") : inWords(about);
    return [{ id, label: label(found, names), texts: found.map(({ text }) => text) }];
  });
}

/** What the report will say of too few pairs, before anything is trained on them; undefined: they are enough. */
export function pairsWarning({ withPair, withoutPositive, withoutNegative }: Pairs): string | undefined {
  const groups = withPair + withoutPositive + withoutNegative;
  const trainGroups = [{ groups, withPair, withoutPositive, withoutNegative }] as Measurements["trainGroups"];
  const [found] = groupsWithoutPair.find({ trainGroups } as Measurements);
  return found?.level === "warning" ? found.text : undefined;
}

/** Training questions by what their samples are. */
type Pairs = Pick<Measurements["trainGroups"][number], "withPair" | "withoutPositive" | "withoutNegative">;

/**
 * Which signs are to be told while a method trains (`ts/experiment/warnings` names the kinds): the others are details of an
 * optimizer, or of a moment, which the report has.
 */
const urgent: readonly string[] = [
  "all-warm-up",
  "no-pairs",
  "both-sink",
  "overfit-to-assessing",
  "positives-less-likely",
];

export const mattersWhileTraining = (kind: string | undefined): boolean =>
  kind === undefined || urgent.includes(kind);
