import { html, type Markup } from "../../document/markup.ts";
import { duration } from "../../report/format.ts";
import type { SweepView } from "../data.ts";

/** When, where and with what; each cell's report has its own record in full. */
export function sweepRecordSection({ results, done, summaries }: SweepView): Markup {
  const first = summaries.get(done[0]?.cell ?? "");
  if (first === undefined) return html``;
  const devices = [...new Set([...summaries.values()].map(({ device }) => device))];
  return html`<section aria-labelledby="record">
<h2 id="record">The record</h2>
<dl class="facts">
<dt>written</dt><dd><time datetime="${results.writtenAt}">${results.writtenAt.replace("T", " ").replace(/\.\d+Z$/, " UTC")}</time></dd>
<dt>${devices.length === 1 ? "device" : "devices"}</dt><dd>${devices.join("; ")}</dd>
<dt>seeds</dt><dd>${[...new Set(done.flatMap(({ seeds }) => seeds))].join(", ")}</dd>
<dt>work</dt><dd>${work(summaries)}</dd>
<dt>versions</dt><dd>${Object.entries(first.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}</dd>
</dl>
<p>Data, prompts, weights’ digests, the time of each stage and the configuration stand in each cell’s report; <code>experiment.yaml</code> beside it runs that cell by itself.</p>
</section>`;
}

/** What cells share counts once. */
function work(summaries: SweepView["summaries"]): string {
  const stages = [...summaries.values()].flatMap(({ stages }) => stages);
  const once = new Map(stages.map(({ artefact, seconds }) => [artefact, seconds]));
  const sum = (all: Iterable<number>): number => [...all].reduce((total, seconds) => total + seconds, 0);
  return `${duration(sum(once.values()))} in ${once.size} artefacts, what cells share counted once; by themselves the cells would take ${duration(sum(stages.map(({ seconds }) => seconds)))}`;
}
