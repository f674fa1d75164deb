import { stringify } from "yaml";
import type { Card } from "./subject.ts";

/** What the hub reads: YAML between two lines of dashes. Names that are not the hub's are left out. */
export function frontMatter({ config, record, subject: { form = "weights" } }: Card): string {
  const datasets = [...new Set(record.tasks.flatMap(({ homepage }) => hubDataset(homepage) ?? []))];
  const { hub } = config.model;
  return `---\n${stringify({
    library_name: form === "adapter" ? "peft" : "transformers",
    pipeline_tag: "text-generation",
    tags: ["aft", "alignment-fine-tuning", "chain-of-thought", ...(form === "weights" ? [] : ["lora"])],
    ...(hub === undefined ? {} : { base_model: hub }),
    ...(datasets.length === 0 ? {} : { datasets }),
    metrics: ["accuracy"],
  })}---`;
}

/** `https://huggingface.co/datasets/OWNER/NAME` as the hub's own name for it. */
const hubDataset = (homepage: string | undefined): string | undefined =>
  /^https:\/\/huggingface\.co\/datasets\/([\w.-]+(?:\/[\w.-]+)?)\/?$/.exec(homepage ?? "")?.[1];
