import { stringify } from "yaml";
import { percent, type RunSummary } from "../../../analysis/index.ts";
import { defined } from "../../../core/defined.ts";
import { version } from "../../../core/project.ts";
import type { RunRecord } from "../../run/run-record.ts";
import { stages } from "../../stages/index.ts";
import { loadingText, promptText } from "./loading.ts";
import { originText } from "./origin.ts";
import { resultsText } from "./results.ts";
import { type Card, type CardSubject, configOf, fenced, publicYaml } from "./subject.ts";

/** README.md of an exported model: what it is, how it was made, what was measured, all from the run's own files. */
export function modelCard(record: RunRecord, summary: RunSummary, subject: CardSubject): string {
  const facts = stages.search.factsOf(subject.artefact);
  const card: Card = { form: "weights", ...subject, record, summary, facts, config: configOf(record) };
  const { name, description, tasks } = record;
  const { label, method } = summary.methods.find((candidate) => candidate.name === subject.method)!;
  const { settings } = record.methods.find((candidate) => candidate.name === subject.method)!;
  const digestedWeights = card.form === "weights" ? "weights" : "base's and the adapter's weights as trained";
  const lines = [
    `${tasks.length === 1 ? "Task" : "Tasks"}: ${tasks.map((task) => task.name).join(", ")}`,
    `Method: ${method}${constraint(settings)}, seed ${card.seed}`,
    boundaryLine(card),
    adapterLine(card),
    `SHA-256 of the ${digestedWeights}: ${facts.digest ?? "see manifest.json of the artefact"}`,
  ];
  return `${frontMatter(card)}

# ${name}: ${label}

Made with AFT ${version} by the experiment "${name}"${description === "" ? "" : ` (${description})`}.

${lines.flatMap((line) => (line === undefined ? [] : `- ${line}`)).join("\n")}

## What was measured

${resultsText(card)}

## How to use it

${loadingText(card)}

### The prompt

${promptText(card)}

## What it was made from

${originText(card)}

## Settings of the method

${fenced(JSON.stringify(settings, null, 2), "json")}

## The whole experiment

${fenced(publicYaml(record), "yaml")}
`;
}

/** What the hub reads: YAML between two lines of dashes. Names that are not the hub's are left out. */
function frontMatter({ config, record, form }: Card): string {
  const datasets = [...new Set(record.tasks.flatMap(({ homepage }) => hubDataset(homepage) ?? []))];
  return `---\n${stringify({
    library_name: form === "adapter" ? "peft" : "transformers",
    pipeline_tag: "text-generation",
    tags: ["aft", "alignment-fine-tuning", "chain-of-thought", ...(form === "weights" ? [] : ["lora"])],
    ...defined({ base_model: config.model.hub, datasets: datasets.length === 0 ? undefined : datasets }),
    metrics: ["accuracy"],
  })}---`;
}

/** `https://huggingface.co/datasets/OWNER/NAME` as the hub's own name for it. */
const hubDataset = (homepage: string | undefined): string | undefined =>
  /^https:\/\/huggingface\.co\/datasets\/([\w.-]+(?:\/[\w.-]+)?)\/?$/.exec(homepage ?? "")?.[1];

/** The constraint and its distance, where they were given. */
function constraint({ constraint: name, beta }: Record<string, unknown>): string {
  if (typeof name !== "string") return "";
  return `, constraint ${name}${typeof beta === "number" ? ` (beta ${beta})` : ""}`;
}

/** How the adapter was trained, and what became of it. */
function adapterLine({ facts: { adapter }, form }: Card): string | undefined {
  if (form === "weights" || adapter === undefined) return undefined;
  const { rank, alpha, dropout, targets, parameters } = adapter;
  const became = form === "merged" ? "merged into the base's weights" : "not merged: it needs its base model";
  return `Trained as a LoRA adapter: rank ${rank}, alpha ${alpha}, dropout ${dropout}, ${parameters.toLocaleString("en-US")} parameters on ${targets.join(", ")}; ${became}`;
}

/** beta where it was not given as a number: the settings below do not say it. */
function boundaryLine({ facts: { boundary }, artefact }: Card): string | undefined {
  if (boundary === undefined) return undefined;
  const origin =
    boundary.rule === "auto"
      ? `worked out from ${boundary.negatives} worse COTs, ${percent(boundary.below)} % of them below the boundary`
      : `chosen among ${stages.search.settingsOf(artefact).values!.join(", ")} by accuracy on validation questions`;
  return `beta of the boundary: ${boundary.beta} (${origin})`;
}
