/** Two finished runs side by side. */
import {
  comparedHeads,
  comparedNotes,
  comparedRows,
  html,
  type Markup,
  noCommonSeed,
  raw,
  type SidesRow,
  scrolling,
  settingText,
  sidesChart,
} from "../../analysis/index.ts";
import { AftError } from "../../core/errors.ts";
import type { ComparedRuns, WatchedTraining } from "../../experiment/index.ts";
import { everyNth } from "../curves.ts";
import type { Page, Part } from "../layout.ts";
import { linkTo, pageOfPair, pageOfRun } from "../links.ts";

export interface Pair {
  a: string;
  b: string;
  /** Or why they cannot be compared. */
  compared: ComparedRuns | AftError;
  trainings: { a: readonly WatchedTraining[]; b: readonly WatchedTraining[] };
  /** Every two runs have a page, both ways round. */
  live: boolean;
}

export function comparePage({ a, b, compared, trainings, live }: Pair): Page {
  const path = pageOfPair(a, b);
  const link = (name: string): Markup => html`<a href="${linkTo(pageOfRun(name), path)}">${name}</a>`;
  return {
    path,
    title: `${a} and ${b}`,
    lead: html`<p>A is ${link(a)}, B is ${link(b)}.${live && html` <a href="${linkTo(pageOfPair(b, a), path)}">The other way round</a>`}</p>`,
    parts:
      compared instanceof AftError
        ? [
            {
              id: "problem",
              content: html`<p class="problem">They cannot be compared: ${compared.message.split("\n", 1)[0]}</p>`,
            },
          ]
        : partsOf(compared, trainings, { a: `A: ${a}`, b: `B: ${b}` }),
  };
}

function partsOf(
  compared: ComparedRuns,
  trainings: Pair["trainings"],
  names: { a: string; b: string },
): (Part | undefined)[] {
  const { config, environment, methods, onlyIn } = compared;
  return [
    { id: "settings", title: "Settings that differ", content: differences("setting", config) },
    { id: "environment", title: "Versions and device", content: differences("what", environment) },
    {
      id: "results",
      title: "Results",
      content: html`<p class="note">${comparedNotes(compared).map((note) => html`${note}. `)}</p>
${methods.length === 0 ? html`<p>No method in common.</p>` : metricTables(methods)}
${methods.some(({ seeds }) => seeds.length === 0) && html`<p class="note">${noCommonSeed}</p>`}
${(["a", "b"] as const).map((side) => onlyIn[side].length > 0 && html`<p>Only in ${side.toUpperCase()}: ${onlyIn[side].join(", ")}</p>`)}`,
    },
    curvesPart(compared, trainings, names),
  ];
}

/** A table for each metric, a row for each method; the first is open. */
function metricTables(methods: ComparedRuns["methods"]): Markup {
  const rows = methods.map((method) => ({ label: method.label, metrics: comparedRows(method) }));
  return html`${rows[0]!.metrics.map(({ cells: [metric] }, at) => {
    const shown = rows.map(({ label, metrics }) => ({ label, ...metrics[at]! }));
    const isEmpty = shown.every(({ cells }) => cells[1] === "–" && cells[4] === "–");
    return (
      !isEmpty &&
      html`<details data-key="${metric}"${at === 0 && html` open`}><summary>${metric}</summary>${tableOf(metric!, shown)}</details>`
    );
  })}`;
}

const tableOf = (
  name: string,
  rows: readonly { label: string; cells: string[]; isClear: boolean }[],
): Markup =>
  scrolling(
    name,
    html`<table>
<thead><tr><th scope="col">${name}</th>${comparedHeads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
      ({ label, cells: [, ...cells], isClear }) =>
        html`<tr><th scope="row">${label}</th>${cells.map((cell, at) => html`<td${isClear && at >= differenceAt && html` class="clear"`}>${cell}</td>`)}</tr>
`,
    )}</tbody></table>`,
  );

/** From where on a row tells of the difference. */
const differenceAt = comparedHeads.indexOf("B − A");

function differences(head: string, found: ComparedRuns["config"]): Markup {
  if (found.length === 0) return html`<p>No difference.</p>`;
  const value = (set: unknown): Markup => html`<td class="words">${settingText(set, 400)}</td>`;
  return scrolling(
    "Differences",
    html`<table>
<thead><tr><th scope="col">${head}</th><th scope="col" class="left">A</th><th scope="col" class="left">B</th></tr></thead>
<tbody>${found.map(
      ({ path, a, b }) => html`<tr><th scope="row"><code>${path}</code></th>${value(a)}${value(b)}</tr>
`,
    )}</tbody></table>`,
  );
}

type Step = WatchedTraining["steps"][number];

const measures: { id: string; label: string; value: (step: Step) => number | undefined }[] = [
  { id: "loss", label: "loss", value: ({ loss }) => loss.total },
  { id: "margin", label: "margin (nats a token)", value: ({ margin }) => margin },
  { id: "positive", label: "score of right COTs", value: ({ meanPositive }) => meanPositive },
  { id: "negative", label: "score of wrong COTs", value: ({ meanNegative }) => meanNegative },
];

/** The trainings that both runs have, those of A and B over each other. */
function curvesPart(
  { methods }: ComparedRuns,
  trainings: Pair["trainings"],
  names: { a: string; b: string },
): Part | undefined {
  const labels = new Map(methods.map(({ name, label }) => [name, label]));
  const keys = new Set(trainings.a.map(keyOf));
  const common = [...new Set(trainings.b.map(keyOf))].filter((key) => keys.has(key));
  if (common.length === 0) return undefined;
  const charts = common.map((key, at) => {
    const of = (side: "a" | "b") => trainings[side].filter((training) => keyOf(training) === key);
    const { method, stage } = of("a")[0]!;
    const name = method === undefined ? (stage === "vft" ? "VFT" : stage) : (labels.get(method) ?? method);
    const rows = measures.map(({ id, label, value }): SidesRow => {
      const series = (["a", "b"] as const).flatMap((side) =>
        of(side).map(({ seed = 0, steps }) => ({
          side,
          seed,
          points: everyNth(steps, 2 * common.length).flatMap((step) => {
            const measured = value(step);
            return measured === undefined ? [] : [{ step: step.step, value: measured }];
          }),
        })),
      );
      return { id, label, series: series.filter(({ points }) => points.length > 0) };
    });
    const text = { id: `curves-${at}`, title: name, description: `${name}: A and B by optimizer step.` };
    return html`<figure><h3>${name}</h3>${scrolling(name, raw(sidesChart(text, rows, names, { width: 560 })), " chart")}</figure>`;
  });
  return {
    id: "curves",
    title: "Curves over each other",
    content: html`<div class="charts">${charts}</div>`,
  };
}

const keyOf = ({ stage, method }: WatchedTraining): string => `${stage} ${method ?? ""}`;
