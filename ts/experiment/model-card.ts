import { z } from "zod";
import type { RunSummary } from "../analysis/index.ts";
import { version } from "../core/project.ts";
import { boundaryOf } from "./boundary-facts.ts";
import type { RunRecord } from "./run-record.ts";
import type { Manifest } from "./store.ts";

export interface CardSubject {
  method: string;
  seed: number;
  manifest: Manifest;
  /** Whether it was trained as a LoRA adapter, and is exported as one. */
  form?: "weights" | "merged" | "adapter";
}

/** README.md of an exported model: what it is, how it was made, what was measured, all from the run's own files. */
export function modelCard(
  record: RunRecord,
  summary: RunSummary,
  { method, seed, manifest, form = "weights" }: CardSubject,
): string {
  const own = summary.methods.find(({ name }) => name === method)!;
  const accuracy = own.metrics.accuracy.perSeed.find((one) => one.seed === seed);
  const settings = record.methods.find(({ name }) => name === method)!.settings;
  return `---
library_name: ${form === "adapter" ? "peft" : "transformers"}
tags: [aft, alignment-fine-tuning, chain-of-thought${form === "weights" ? "" : ", lora"}]
---

# ${record.name}: ${own.label}

Made with AFT ${version} by the experiment "${record.name}"${record.description === "" ? "" : ` (${record.description})`}.

- Task: ${record.tasks.map(({ name }) => name).join(", ")}; answers extracted by the ${record.extract} rule
- Method: ${own.method}, seed ${seed}${boundaryLine(manifest)}
- Greedy accuracy on held-out questions: ${accuracy === undefined ? "not measured" : share(accuracy)}
${adapterLine(manifest, form)}- SHA-256 of the ${form === "weights" ? "weights" : "base's and the adapter's weights as trained"}: ${String(manifest.facts.digest ?? "see manifest.json of the artefact")}

## Settings of the method

\`\`\`json
${JSON.stringify(settings, null, 2)}
\`\`\`

## The whole experiment

\`\`\`yaml
${record.configYaml.trimEnd()}
\`\`\`

## Licence

Not stated here: that of the base model and of the training data apply.
`;
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

function share({
  value,
  n,
  interval,
}: RunSummary["methods"][number]["metrics"]["accuracy"]["perSeed"][number]): string {
  if (value === null) return "not measured";
  const bounds =
    interval === null ? "" : ` (95 % interval ${percent(interval.low)} to ${percent(interval.high)})`;
  return `${percent(value)} of ${n}${bounds}`;
}
