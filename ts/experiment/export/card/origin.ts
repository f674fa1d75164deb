import { basename } from "node:path";
import { plural } from "../../../analysis/index.ts";
import { entryOf } from "../../../config/index.ts";
import { modelCatalogue, type PublishedModel } from "../../../data/index.ts";
import type { Card, CardTask } from "./subject.ts";

/** What the weights were made from: the base model, the data, and what each asks of who uses them. */
export function originText(card: Card): string {
  const { tasks } = card.record;
  return [
    `- Base model: ${baseModel(card)}`,
    ...tasks.filter(({ use }) => use === "train").map((task) => `- Trained on: ${dataset(task)}`),
    ...samples(card),
    ...tasks.filter(({ use }) => use === "evaluate").map((task) => `- Evaluated on: ${dataset(task)}`),
  ].join("\n");
}

function baseModel({ config: { model } }: Card): string {
  if (model.hub !== undefined)
    return `[${model.hub}](https://huggingface.co/${model.hub}). Licence: that of ${model.hub} applies to these weights.`;
  if (model.create !== undefined)
    return `none, made from scratch with random weights (${model.create.architecture}). Licence: no other model's applies.`;
  const kept = modelNamed(model.get);
  if (kept !== undefined)
    return `${kept.title}, out of the package ${kept.package.name} ${kept.package.version} ([${kept.hub}](https://huggingface.co/${kept.hub})). Licence: ${kept.licence}.`;
  if (model.gguf !== undefined)
    return `a GGUF file, \`${basename(model.gguf)}\`. Licence: that of the model in it applies to these weights.`;
  const name = model.path === undefined ? "the base model" : `\`${basename(model.path)}\``;
  return `${model.path === undefined ? "not recorded" : `a local copy, ${name}`}. Licence: that of ${name} applies to these weights.`;
}

const modelNamed = (name: string | undefined): PublishedModel | undefined =>
  (modelCatalogue as Record<string, PublishedModel>)[name ?? ""];

/** A task's questions, with who has published them and under which licence. */
export function dataset({ name, kind, licence, homepage }: CardTask): string {
  if (kind === "arithmetic") return `${name}, problems that AFT generates: no licence but these weights' own`;
  const named = name === kind ? name : `${name} (${kind})`;
  return `${homepage === undefined ? named : `[${named}](${homepage})`}, licence: ${licence ?? (homepage === undefined ? "not recorded" : "see there")}`;
}

/** Of the seed's own samples, for methods that learn from them. */
function samples({ summary, method, seed }: Card): string[] {
  const kind = summary.methods.find(({ name }) => name === method)?.method;
  const groups = summary.trainGroups.find((counted) => counted.seed === seed);
  const isTaught = kind !== undefined && entryOf(kind).learnsFrom.includes("samples");
  if (groups === undefined || !isTaught) return [];
  const { count } = summary.rounds ?? { count: 1 };
  const later =
    count === 1
      ? ""
      : `; so in the first of ${count} rounds, in the later ones on samples of its own weights`;
  return [
    `- and on the model's own solutions: ${plural(groups.candidates, "sample")} to ${plural(groups.groups, "training question")}, judged by their answers; ${plural(groups.withPair, "question")} with a right and a wrong one${later}`,
  ];
}
