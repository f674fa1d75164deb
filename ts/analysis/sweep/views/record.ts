import { duration } from "../../../core/duration.ts";
import { type Content, code, facts, moment, paragraph, text } from "../../document/blocks.ts";
import type { RunSummary } from "../../generated/report.ts";
import { type SweepNumbers, summariesOf } from "../numbers.ts";

/** When, where and with what; each cell's report has its own record in full. */
export function record(sweep: SweepNumbers): Content {
  const summaries = summariesOf(sweep);
  const [first] = summaries;
  if (first === undefined) return null;
  const devices = [...new Set(summaries.map(({ device }) => device))];
  const versions = Object.entries(first.versions).map(([name, version]) => `${name} ${version}`);
  return [
    facts([
      ["written", moment(sweep.results.writtenAt)],
      [devices.length === 1 ? "device" : "devices", devices.join("; ")],
      ["seeds", [...new Set(sweep.done.flatMap(({ seeds }) => seeds))].join(", ")],
      ["work", work(summaries)],
      ["versions", versions.join(", ")],
    ]),
    paragraph(
      text`Data, prompts, weights’ digests, the time of each stage and the configuration stand in each cell’s report; ${code("experiment.yaml")} beside it runs that cell by itself.`,
    ),
  ];
}

/** What cells share counts once. */
function work(summaries: readonly RunSummary[]): string {
  const stages = summaries.flatMap((summary) => summary.stages);
  const byArtefact = new Map(stages.map(({ artefact, seconds }) => [artefact, seconds]));
  const total = (seconds: Iterable<number>): string =>
    duration([...seconds].reduce((sum, part) => sum + part, 0));
  return `${total(byArtefact.values())} in ${byArtefact.size} artefacts, what cells share counted once; by themselves the cells would take ${total(stages.map(({ seconds }) => seconds))}`;
}
