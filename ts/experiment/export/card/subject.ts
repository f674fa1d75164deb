import { basename } from "node:path";
import { isScalar, parse, parseDocument, visit } from "yaml";
import { z } from "zod";
import type { RunSummary } from "../../../analysis/index.ts";
import type { RunRecord } from "../../run/run-record.ts";
import type { stages } from "../../stages/index.ts";
import type { Artefact } from "../../store/store.ts";

export type CardTask = RunRecord["tasks"][number];

/** Whose weights the card goes with. */
export interface CardSubject {
  method: string;
  seed: number;
  artefact: Pick<Artefact, "directory" | "manifest">;
  /** Whether it was trained as a LoRA adapter, and is exported as one. */
  form?: "weights" | "merged" | "adapter";
  /** Where it is published, `ORGANISATION/NAME`; left out: the card lies beside the weights. */
  repository?: string;
}

/** Everything that the parts of a card are made from. */
export interface Card extends CardSubject {
  form: NonNullable<CardSubject["form"]>;
  record: RunRecord;
  summary: RunSummary;
  config: CardConfig;
  /** Of the artefact, whichever stage made it. */
  facts: ReturnType<typeof stages.search.factsOf>;
}

/** What is read back of the experiment. Anything may be missing: another version may have written it. */
const configSchema = z.object({
  model: z
    .object({
      hub: z.string(),
      path: z.string(),
      get: z.string(),
      gguf: z.string(),
      create: z.object({ architecture: z.string() }),
    })
    .partial()
    .catch({}),
  stages: z
    .object({ evaluate: z.object({ maxNewTokens: z.int() }) })
    .catch({ evaluate: { maxNewTokens: 512 } }),
  tasks: z
    .array(
      z.object({
        task: z.string(),
        name: z.string().optional(),
        use: z.string().default("train"),
        prompt: z.object({ stop: z.array(z.string()) }).catch({ stop: [] }),
      }),
    )
    .catch([]),
});
export type CardConfig = z.infer<typeof configSchema>;

export const configOf = ({ configYaml }: RunRecord): CardConfig =>
  configSchema.parse(parse(configYaml) ?? {});

/**
 * The experiment for others to read: of files and folders of this machine the last name only, and nothing of the hosts and
 * services that it was run with.
 */
export function publicYaml({ configYaml }: RunRecord): string {
  const document = parseDocument(configYaml);
  for (const place of [["tracking"], ["worker", "launch"], ["worker", "rendezvous"]])
    if (document.hasIn(place)) document.deleteIn(place);
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !isScalar(value) || typeof value.value !== "string") return;
      const isPlace = /^(path|gguf|python|folder|file|.*(?:File|Python))$/.test(String(key.value));
      if (isPlace || /^(?:[/~]|\.{1,2}\/|[A-Za-z]:[\\/])\S*$/.test(value.value))
        value.value = basename(value.value);
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** A code block that no line of the text can end. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}
