import { z } from "zod";
import type { RunSummary } from "../../../analysis/index.ts";
import { version } from "../../../core/project.ts";
import { boundaryOf } from "../../boundary-facts.ts";
import type { RunRecord } from "../../run/run-record.ts";
import type { Manifest } from "../../store/store.ts";
import { frontMatter } from "./front.ts";
import { loadingText, promptText } from "./loading.ts";
import { originText } from "./origin.ts";
import { resultsText } from "./results.ts";
import { type Card, type CardSubject, configOf, fenced, publicYaml } from "./subject.ts";

export type { CardSubject } from "./subject.ts";

/** README.md of an exported model: what it is, how it was made, what was measured, all from the run's own files. */
export function modelCard(record: RunRecord, summary: RunSummary, subject: CardSubject): string {
  const { tasks } = record;
  const card: Card = { record, summary, subject, config: configOf(record) };
  const own = summary.methods.find(({ name }) => name === subject.method)!;
  const { settings } = record.methods.find(({ name }) => name === subject.method)!;
  const { manifest, seed, form = "weights" } = subject;
  return `${frontMatter(card)}

# ${record.name}: ${own.label}

Made with AFT ${version} by the experiment "${record.name}"${record.description === "" ? "" : ` (${record.description})`}.

- ${tasks.length === 1 ? "Task" : "Tasks"}: ${tasks.map(({ name }) => name).join(", ")}
- Method: ${own.method}${constraint(settings)}, seed ${seed}${boundaryLine(manifest)}
${adapterLine(manifest, form)}- SHA-256 of the ${form === "weights" ? "weights" : "base's and the adapter's weights as trained"}: ${String(manifest.facts.digest ?? "see manifest.json of the artefact")}

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

/** The constraint and its distance, where they were given. */
function constraint({ constraint: name, beta }: Record<string, unknown>): string {
  if (typeof name !== "string") return "";
  return `, constraint ${name}${typeof beta === "number" ? ` (beta ${beta})` : ""}`;
}

const adapterSchema = z.object({
  rank: z.int(),
  alpha: z.number(),
  dropout: z.number(),
  targets: z.array(z.string()),
  parameters: z.int(),
});

/** How the adapter was trained, and what became of it. */
function adapterLine({ facts }: Manifest, form: NonNullable<CardSubject["form"]>): string {
  const { data } = adapterSchema.safeParse(facts.adapter);
  if (form === "weights" || data === undefined) return "";
  const { rank, alpha, dropout, targets, parameters } = data;
  const became = form === "merged" ? "merged into the base's weights" : "not merged: it needs its base model";
  return `- Trained as a LoRA adapter: rank ${rank}, alpha ${alpha}, dropout ${dropout}, ${parameters.toLocaleString("en-US")} parameters on ${targets.join(", ")}; ${became}
`;
}

/** beta where it was not given as a number: the settings below do not say it. */
function boundaryLine({ facts, settings }: Manifest): string {
  const boundary = boundaryOf(facts);
  if (boundary === undefined) return "";
  const how =
    boundary.rule === "auto"
      ? `worked out from ${boundary.negatives} worse COTs, ${percent(boundary.below)} of them below the boundary`
      : `chosen among ${(settings as { values: number[] }).values.join(", ")} by accuracy on validation questions`;
  return `\n- beta of the boundary: ${boundary.beta} (${how})`;
}

const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;
