/** One run: how far it is, what came of it, its stages and its curves as they grow. */
import {
  answerTiles,
  blockHtml,
  curvesChart,
  html,
  type Markup,
  matteringWarnings,
  plural,
  raw,
  scrolling,
  vftLossChart,
} from "../../analysis/index.ts";
import { duration } from "../../core/duration.ts";
import type { WatchedRun, WatchedStage, WatchedTraining } from "../../experiment/index.ts";
import { everyNth } from "../curves.ts";
import type { Page, Part } from "../layout.ts";
import { linkTo, type Path, pageOfRun } from "../links.ts";
import { moment, progressOf, stateBadge, verdictText, wordsHtml } from "../words.ts";

export interface SeenRun {
  run: WatchedRun;
  stages: readonly WatchedStage[];
  trainings: readonly WatchedTraining[];
  /** Finished runs that it can be compared with. */
  others: readonly { name: string; page: Path }[];
  /** Questions that are marked or noted, and lines of the notes that cannot be read. */
  notes: { count: number; damaged: number };
}

export function runPage({ run, stages, trainings, others, notes }: SeenRun): Page {
  const { name, state, at, problem, record, hasReport } = run;
  const path = pageOfRun(name);
  const link = (file: string, words: string, kind = ""): Markup =>
    html`<li><a class="${kind}" href="${linkTo(pageOfRun(name, file), path)}">${words}</a></li>`;
  const noted = notes.count > 0 && html` (★ ${plural(notes.count, "question")} marked or noted)`;
  return {
    path,
    title: name,
    isRunning: state === "running",
    state: stateBadge(state),
    lead: html`<span class="quiet">${state === "done" ? "finished" : "begun"} ${moment(at)}</span>
${record?.description && html`<p>${record.description}</p>`}
${problem !== undefined && html`<p class="problem">${problem}</p>`}
${state === "running" && html`<div class="card">${progressOf(run)}</div>`}
${state === "unfinished" && html`<p>Nobody works on it: the same <code>aft run</code> goes on from what is done.${record !== undefined && " What stands below as its result is that of the run before."}</p>`}
${hasReport && html`<ul class="actions">${link("report.html", "Report", "main")}${link("questions.html", "Questions and COTs", "main")}${noted && html`<li class="quiet">${noted}</li>`}</ul>`}
${notes.damaged > 0 && html`<p class="problem">${plural(notes.damaged, "line")} of notes.jsonl cannot be read and are left out</p>`}`,
    parts: [
      resultPart(run),
      curvesPart(trainings, run),
      {
        id: "stages",
        title: "Stages",
        content: html`<details data-key="stages"${(state !== "done" || stages.length <= 24) && html` open`}><summary>${stages.filter(({ state: one }) => one === "done").length} of ${plural(stages.length, "stage")} done</summary><ol class="stages">${stages.map(stageItem)}</ol></details>`,
      },
      record === undefined
        ? undefined
        : {
            id: "settings",
            title: "Settings",
            content: html`<details data-key="settings"><summary>The whole experiment</summary><pre tabindex="0"><code>${record.configYaml}</code></pre></details>`,
          },
      record === undefined || others.length === 0
        ? undefined
        : {
            id: "compare",
            title: "Side by side with",
            content: html`<ul class="actions">${others.map((other) => html`<li><a href="${linkTo(other.page, path)}">${other.name}</a></li>`)}</ul>`,
          },
    ],
  };
}

function resultPart(run: WatchedRun): Part | undefined {
  const { summary } = run;
  if (summary === undefined) return undefined;
  return {
    id: "result",
    title: "Result",
    content: html`<p class="came-out">${verdictText(run)}</p>
${matteringWarnings(summary).map(({ label }) => html`<p><span class="badge warning">warning</span> ${label}</p>`)}
${blockHtml(answerTiles(summary))}
${wordsHtml(summary.methods)}`,
  };
}

const signs: Record<WatchedStage["state"], [sign: string, kind: string]> = {
  done: ["✓", ""],
  "under way": ["▶", "under"],
  "broken off": ["‖", ""],
  waiting: ["·", "quiet"],
};

function stageItem({ label, state, seconds }: WatchedStage): Markup {
  const [sign, kind] = signs[state];
  return html`<li class="${kind}"><span class="sign" aria-hidden="true">${sign}</span>${label} <span class="quiet">${seconds === undefined ? state : duration(seconds)}</span></li>`;
}

/** The chart of the base stage's loss, and the scores of the others, by the methods' labels where they are known. */
function curvesPart(trainings: readonly WatchedTraining[], { record }: WatchedRun): Part | undefined {
  const labels = new Map(record?.methods.map(({ name, label }) => [name, label]));
  const curves = trainings.map(({ method, seed, label, stage, steps }) => ({
    isBase: stage === "vft",
    label: method === undefined ? label : (labels.get(method) ?? method),
    seed: seed ?? 0,
    steps: everyNth(steps, trainings.length),
  }));
  const [base, aligned] = [curves.filter(({ isBase }) => isBase), curves.filter(({ isBase }) => !isBase)];
  if (curves.length === 0) return undefined;
  const chart = (name: string, svg: string, kind = ""): Markup =>
    html`<figure class="${kind}"><h3>${name}</h3>${scrolling(name, raw(svg), " chart")}</figure>`;
  return {
    id: "curves",
    title: "Curves",
    content: html`<div class="charts">${base.length > 0 && chart("Loss of VFT", vftLossChart(base))}${aligned.length > 0 && chart("Scores while each method is trained", curvesChart(aligned, { width: 900 }), "wide")}</div>
<p class="quiet">${trainings.map(({ label, steps }) => `${label}: ${plural(steps.length, "step")}`).join("; ")}</p>`,
  };
}
