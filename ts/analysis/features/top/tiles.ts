/** The charts of the first screen: answers, gains and scores, a row a method in each, and the rounds where there are several. */
import { familyPlaces } from "../../charts/family-places.ts";
import { roundsChart } from "../../charts/rounds.ts";
import { accuracyRows } from "../../charts/rows/accuracy.ts";
import { differenceRows } from "../../charts/rows/differences.ts";
import { scoreRows } from "../../charts/rows/scores.ts";
import { type Block, board, chart } from "../../document/blocks.ts";
import type { Chart } from "../../document/model.ts";
import type { MethodSummary, RunSummary } from "../../generated/report.ts";
import { directionOf, shownInterval } from "../../measure/verdicts.ts";
import { methodScores } from "../charts/numbers.ts";
import type { Shown } from "../feature.ts";
import { continuedOf, differenceTo, questionsAsked, startOf } from "../methods.ts";
import { roundsPanels } from "../rounds/view.ts";

export function tiles(shown: Shown): Block {
  const { methods } = shown.summary;
  const keys = keysOf(methods);
  const drawn = { ...shown, keys };
  return board({
    switches: methods.length < 2 ? [] : methods.map(({ name, label }) => ({ key: keys.get(name)!, label })),
    tiles: [accuracyTile(drawn), differenceTile(drawn), roundsTile(drawn), scoresTile(drawn)].filter(
      (tile) => tile !== undefined,
    ),
  });
}

/** Those that need no text of the run. */
export function answerTiles(summary: RunSummary): Block {
  const drawn = { summary, keys: keysOf(summary.methods) };
  return board({
    switches: [],
    tiles: [accuracyTile(drawn), differenceTile(drawn)].filter((tile) => tile !== undefined),
  });
}

const keysOf = (methods: readonly MethodSummary[]): ReadonlyMap<string, string> =>
  new Map([...familyPlaces(methods)].map(([name, { key }]) => [name, key!]));

interface Drawn {
  summary: RunSummary;
  keys: ReadonlyMap<string, string>;
}

/** What the others are held against. */
const baselineOf = ({ summary }: Drawn): MethodSummary | undefined =>
  continuedOf(summary) ?? startOf(summary);

function accuracyTile(shown: Drawn): Chart | undefined {
  const { methods } = shown.summary;
  const answering = methods.filter(
    ({ metrics }) => metrics.accuracy.value !== null || metrics.sampledAccuracy.value !== null,
  );
  if (answering.length === 0) return undefined;
  const baseline = baselineOf(shown);
  const value = baseline?.metrics.accuracy.value ?? null;
  return chart({
    title: "Answers right",
    caption: "Greedy answers (the number) and single samples, with 95 % intervals of each by itself.",
    file: "accuracy",
    svg: accuracyRows(
      answering.map((method) => ({
        key: shown.keys.get(method.name)!,
        label: method.label,
        greedy: { ...method.metrics.accuracy, n: questionsAsked(method) },
        sampled: method.metrics.sampledAccuracy,
      })),
      {
        id: "top-accuracy",
        title: "Accuracy by method with 95 % intervals",
        baseline: value === null || methods.length < 2 ? undefined : { label: baseline!.label, value },
      },
    ),
  });
}

function differenceTile(shown: Drawn): Chart | undefined {
  const baseline = baselineOf(shown);
  const { methods } = shown.summary;
  if (baseline === undefined) return undefined;
  const rows = methods.flatMap((method) => {
    const difference = differenceTo(method, baseline);
    const isBaseline = method === baseline;
    if (!isBaseline && difference?.value == null) return [];
    return {
      key: shown.keys.get(method.name)!,
      label: method.label,
      value: difference?.value ?? null,
      interval: difference === undefined ? null : shownInterval(difference),
      direction: difference === undefined ? ("unclear" as const) : directionOf(difference),
      isBaseline,
      n: questionsAsked(method),
    };
  });
  if (rows.length < 2) return undefined;
  return chart({
    title: `Gain over ${baseline.label}`,
    caption:
      "Greedy answers, paired by question; 95 % intervals for all methods together. One that leaves out 0 is a gain or a loss.",
    file: "differences",
    svg: differenceRows(rows, {
      id: "top-differences",
      title: `Greedy accuracy minus ${baseline.label}`,
      baseline: baseline.label,
    }),
  });
}

function scoresTile({ headline, summary, keys }: Drawn & Pick<Shown, "headline">): Chart | undefined {
  const byLabel = new Map(summary.methods.map(({ name, label }) => [label, keys.get(name)!]));
  const inOrder = summary.methods.map(({ label }) => label);
  const scores = methodScores(headline, summary)
    .filter(({ positive, negative }) => positive.length + negative.length > 0)
    .map((scored) => ({ ...scored, key: byLabel.get(scored.label)! }))
    .sort((a, b) => inOrder.indexOf(a.label) - inOrder.indexOf(b.label));
  if (scores.length === 0) return undefined;
  return chart({
    title: "Scores of right and wrong solutions",
    caption: `Of the same solutions by each method${scores.some(({ assessmentAccuracy }) => assessmentAccuracy !== null) ? "; the number: in how many pairs, %, the right one scores higher" : ""}.`,
    file: "scores-by-method",
    svg: scoreRows(scores, { id: "top-scores", title: "Scores of right and wrong COTs by method" }),
  });
}

function roundsTile({ summary }: Drawn): Chart | undefined {
  const panels = roundsPanels(summary);
  const [first] = panels;
  return first === undefined
    ? undefined
    : chart({
        title: "Greedy answers right, round by round",
        caption: "95 % intervals; all rounds on the same questions.",
        file: "rounds-greedy",
        svg: roundsChart([first], { id: "top-rounds", width: 420 }),
      });
}
