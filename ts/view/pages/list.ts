/** The first page: what runs now, all runs, all sweeps. */
import { html, type Markup, plural, scrolling } from "../../analysis/index.ts";
import type { WatchedRun } from "../../experiment/index.ts";
import type { Page, Part } from "../layout.ts";
import { home, linkTo, pageOfRun } from "../links.ts";
import type { WatchedSweep } from "../sweeps.ts";
import { moment, progressOf, stateBadge, verdictText, wordsHtml } from "../words.ts";

export interface Listed {
  runs: readonly WatchedRun[];
  sweeps: readonly WatchedSweep[];
  /** How many questions of a run are marked or noted. */
  notes: ReadonlyMap<string, number>;
  /** Undefined: that tells nothing here. */
  folder: string | undefined;
  live: boolean;
}

export function listPage({ runs, sweeps, notes, folder, live }: Listed): Page {
  const running = runs.filter(({ state }) => state === "running");
  const isRunning = running.length > 0 || sweeps.some(({ process }) => process !== undefined);
  return {
    path: home,
    title: "Runs",
    isRunning,
    lead: html`<p class="quiet">${plural(runs.length, "run")}${sweeps.length > 0 && ` (cells of ${plural(sweeps.length, "sweep")} among them)`}${folder !== undefined && html` in <code>${folder}</code>`}</p>`,
    parts: [
      running.length === 0
        ? undefined
        : { id: "now", title: "Running now", content: html`${running.map(card)}` },
      {
        id: "runs",
        title: "All runs",
        content: runsTable(
          runs.filter(({ name }) => !name.includes("/")),
          notes,
        ),
      },
      ...sweeps.map((sweep) =>
        sweepPart(
          sweep,
          runs.filter(({ name }) => name.startsWith(`${sweep.name}/`)),
          notes,
        ),
      ),
      {
        id: "words",
        content: wordsHtml(runs.flatMap(({ summary }) => summary?.methods ?? [])),
      },
      live ? compareForm(runs.filter(({ record }) => record !== undefined)) : undefined,
    ],
  };
}

const toRun = (name: string, words: Markup | string = name, file?: string): Markup =>
  html`<a href="${linkTo(pageOfRun(name, file), home)}">${words}</a>`;

const card = (run: WatchedRun): Markup =>
  html`<div class="card"><p><b>${toRun(run.name)}</b></p>${progressOf(run)}</div>`;

function runsTable(runs: readonly WatchedRun[], notes: ReadonlyMap<string, number>, strip = ""): Markup {
  if (runs.length === 0)
    return html`<p>None yet: <code>aft run EXPERIMENT.yaml</code> makes one, and it is shown here as it goes on.</p>`;
  const newestFirst = [...runs].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return scrolling(
    "Runs",
    html`<table class="runs">
<thead><tr><th scope="col">Run</th><th scope="col" class="left">State</th><th scope="col" class="left">When</th><th scope="col">Methods</th><th scope="col">Seeds</th><th scope="col" class="left">What came out</th><th scope="col" class="left">To read</th></tr></thead>
<tbody>${newestFirst.map((run) => rowOf(run, notes.get(run.name) ?? 0, strip))}</tbody></table>`,
  );
}

function rowOf(run: WatchedRun, notes: number, strip: string): Markup {
  const { name, state, at, record, stages, problem, hasReport } = run;
  const of = state === "done" || stages.total === 0 ? "" : ` ${stages.done} of ${stages.total} stages`;
  return html`<tr><th scope="row" class="name">${toRun(name, name.slice(strip.length))}</th>
<td class="left name">${stateBadge(state)}${of}</td><td class="left name">${moment(at)}</td>
<td class="number">${record?.methods.length ?? "–"}</td><td class="number">${record?.seeds.length ?? "–"}</td>
<td class="words">${problem === undefined ? verdictText(run) : html`<span class="problem">${problem}</span>`}</td>
<td class="left name">${hasReport && html`${toRun(name, "report", "report.html")}, ${toRun(name, "questions", "questions.html")}`}${notes > 0 && html` <span class="quiet">★ ${notes}</span>`}</td></tr>
`;
}

function sweepPart(
  sweep: WatchedSweep,
  cells: readonly WatchedRun[],
  notes: ReadonlyMap<string, number>,
): Part {
  const { name, process, hasReport, results, problem } = sweep;
  const states = results?.cells ?? [];
  const count = (wanted: string): number => states.filter(({ status }) => status === wanted).length;
  const failed = states.filter(({ status }) => status === "failed");
  const facts = [
    states.length > 0 && `${count("done")} of ${plural(states.length, "cell")} done`,
    count("failed") > 0 && `${count("failed")} failed`,
    count("waiting") > 0 && `${count("waiting")} not begun or under way`,
    process !== undefined && `running (${process})`,
  ].filter((fact) => fact !== false);
  return {
    id: `sweep-${name}`,
    title: `Sweep ${name}`,
    content: html`${results?.description && html`<p>${results.description}</p>`}
<p>${facts.join(", ")}${hasReport && html`${facts.length > 0 && ": "}<a href="${linkTo(pageOfRun(name, "report.html"), home)}">report of the sweep</a>`}</p>
${problem !== undefined && html`<p class="problem">${problem}</p>`}
${failed.map(({ cell, error }) => html`<p class="problem">${cell}: ${error}</p>`)}
<details data-key="${name}"${cells.length <= 12 && html` open`}><summary>${plural(cells.length, "cell")}${cells.every(({ state }) => state === "done") ? "" : " begun"}</summary>
${runsTable(cells, notes, `${name}/`)}</details>`,
  };
}

function compareForm(runs: readonly WatchedRun[]): Part | undefined {
  if (runs.length < 2) return undefined;
  const choice = (key: string, label: string, chosen: number): Markup =>
    html`<label>${label}<select name="${key}">${runs.map(({ name }, at) => html`<option${at === chosen && html` selected`}>${name}</option>`)}</select></label>`;
  return {
    id: "compare",
    title: "Two runs side by side",
    content: html`<form class="compare-form" action="compare">${choice("a", "Run A", 0)}${choice("b", "Run B", 1)}<button>Compare</button></form>`,
  };
}
