import { duration } from "../../../core/duration.ts";
import {
  badge,
  type Content,
  code,
  details,
  facts,
  type Inline,
  moment,
  note,
  paragraph,
  preformatted,
  small,
  styled,
  tableOf,
  text,
} from "../../document/blocks.ts";
import { percent, whole } from "../../format.ts";
import type { RunSummary } from "../../generated/report.ts";
import type { Feature } from "../feature.ts";
import { trainingData } from "../training-data/numbers.ts";
import { record as numbers } from "./numbers.ts";

/** What is needed to judge and to repeat the run: data, stages, versions, the whole configuration. */
export const record: Feature = {
  section: { id: "record", title: () => "The record" },
  numbers: [numbers, trainingData],
  view: ({ summary }) => [
    facts([
      ["finished", moment(summary.finishedAt)],
      ["device", summary.device],
      ["seeds", summary.seeds.join(", ")],
      ["versions", versionsText(summary)],
      ...samplers(summary),
    ]),
    provenance(summary),
    tasks(summary),
    groups(summary),
    stages(summary),
    prompts(summary),
    details("The configuration in full (YAML)", preformatted(summary.configYaml)),
  ],
};

const versionsText = ({ versions }: RunSummary): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");

/** Nothing where no artefact tells it. */
const samplers = ({ provenance }: RunSummary): [string, string][] =>
  provenance?.samplers === undefined || provenance.samplers.length === 0
    ? []
    : [["samples drawn by", provenance.samplers.map(({ name, version }) => `${name} ${version}`).join(", ")]];

const labelsOf = ({ methods }: RunSummary) => new Map(methods.map(({ name, label }) => [name, label]));

/** By what the run can be made again, and by what one can tell that it is the same. */
function provenance(summary: RunSummary): Content {
  const { provenance: from } = summary;
  if (from === undefined) return null;
  const labels = labelsOf(summary);
  return [
    paragraph(
      text`To make this run again, with ${code("experiment.yaml")} beside this report (its text stands below): ${code(from.command)}${from.base !== undefined && `. The base model: ${from.base}`}`,
    ),
    tableOf(
      [
        ...from.data.map(({ task, file, digest }) => ({ head: `${task}, ${file}`, seed: "–", digest })),
        ...from.weights.map(({ method, seed, digest }) => ({
          head: `weights of ${labels.get(method) ?? method}`,
          seed,
          digest,
        })),
      ],
      [
        ["what", ({ head }) => head],
        ["seed", ({ seed }) => seed],
        ["SHA-256", ({ digest }) => styled("digest", digest), "text"],
      ],
      { label: "Digests", caption: "SHA-256 of the data and of the weights: equal digests, equal files" },
    ),
  ];
}

function tasks({ tasks: all, split }: RunSummary): Content {
  const pattern = (found: string | undefined): Inline => (found === undefined ? "–" : code(found));
  return (
    all.length > 0 &&
    tableOf(
      all,
      [
        ["task", ({ name }) => name],
        ["use", ({ use }) => (use === "train" ? "trained on, evaluated" : "evaluated only"), "text"],
        [`${split} questions`, ({ questions }) => whole(questions)],
        ["judged by", ({ extract }) => extract ?? "–", "text"],
        ["strict pattern", ({ patterns }) => pattern(patterns?.strict), "text"],
        ["flexible pattern", ({ patterns }) => pattern(patterns?.flexible), "text"],
      ],
      {
        label: "Tasks",
        caption: "Tasks, and how an answer is found in a text: an accuracy means little without it",
      },
    )
  );
}

const groups = ({ trainGroups }: RunSummary): Content =>
  trainGroups.length > 0 &&
  tableOf(
    trainGroups,
    [
      ["seed", ({ seed }) => seed],
      ["questions", (group) => whole(group.groups)],
      ["COTs", ({ candidates }) => whole(candidates)],
      [
        "with a pair",
        (group) => [
          `${whole(group.withPair)} `,
          small(`${percent(group.groups === 0 ? null : group.withPair / group.groups)} %`),
        ],
      ],
      ["without a right COT", ({ withoutPositive }) => whole(withoutPositive)],
      ["without a wrong COT", ({ withoutNegative }) => whole(withoutNegative)],
      ["the judge’s own counts", ({ counts }) => countsText(counts), "counts"],
    ],
    {
      label: "Training groups",
      caption: "What the alignment stages learnt from: the VFT model’s samples on the training questions",
    },
  );

const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${spaced(name)} ${whole(count)}`)
    .join(", ");

/** `withoutAnswer` as a reader's words. */
const spaced = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);

function stages(summary: RunSummary): Content {
  const { stages: all, seeds } = summary;
  const labels = labelsOf(summary);
  function stagesText(): string {
    const here = all.filter(({ reused }) => !reused);
    const work = `Stages: ${duration(secondsOf(all))} of work`;
    if (here.length === all.length) return `${work}, all in this run`;
    return here.length === 0
      ? `${work}, all of it done before this run and reused`
      : `${work}, of which ${duration(secondsOf(here))} in this run; the rest was reused`;
  }

  const secondsOf = (some: RunSummary["stages"]): number =>
    some.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    all.length > 0 &&
    details(
      "Every stage and its artefact",
      tableOf(
        all,
        [
          ["stage", ({ stage }) => stage],
          [
            "method, task",
            ({ method, task }) =>
              [method && (labels.get(method) ?? method), task].filter(Boolean).join(", ") || "–",
            "text",
          ],
          ["seed", ({ seed }) => (seeds.includes(seed) ? seed : "all")],
          ["time", ({ seconds, reused }) => [duration(seconds), reused && [" ", badge("reused", "reused")]]],
          ["tokens", ({ tokens }) => (tokens === undefined ? "–" : whole(tokens))],
          [
            "tokens/s",
            ({ tokens, seconds }) => (tokens === undefined || seconds === 0 ? "–" : whole(tokens / seconds)),
          ],
          ["artefact", ({ artefact }) => code(artefact), "text"],
        ],
        {
          label: "Stages",
          caption: stagesText(),
        },
      ),
    )
  );
}

const prompts = ({ prompts: all = [] }: RunSummary): Content =>
  all.map(({ task, template, digest, first }) =>
    details(
      `The exact prompt: ${task}${template === undefined ? "" : ` (${template})`}`,
      note(
        text`One of its questions as the model got it; SHA-256 of all its prompts ${styled("digest", digest)}`,
      ),
      preformatted(first),
    ),
  );
