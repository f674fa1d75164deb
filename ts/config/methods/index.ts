/**
 * The catalogue of methods: one entry each. Whatever differs from method to method is read from here; a method that
 * lacks something, or a name that is not here, does not compile.
 */
import { z } from "zod";
import { failure } from "../../core/errors.ts";
import type { BoundaryBeta } from "../schema/boundary.ts";
import { aft } from "./aft.ts";
import { keep, rft, vft } from "./baselines.ts";
import { dpo } from "./dpo.ts";
import { dpop } from "./dpop.ts";
import type { Baseline, GroupLoss } from "./entry.ts";
import { grpo } from "./grpo.ts";
import { irpo } from "./irpo.ts";
import { kto } from "./kto.ts";
import { infonca, nca } from "./nca.ts";
import { nft } from "./nft.ts";
import { pro } from "./pro.ts";
import { constraintOf, rankedName } from "./ranked.ts";
import { reinforce } from "./reinforce.ts";
import { rrhf } from "./rrhf.ts";
import { simper } from "./simper.ts";
import { simpo } from "./simpo.ts";

/** In the order of tables, charts and error texts. */
export const methods = {
  ...{ keep, vft, rft, aft },
  ...{ rrhf, pro, dpo, simpo, irpo, dpop, simper },
  ...{ nca, infonca, kto, reinforce, grpo, nft },
} as const;

type Entries = typeof methods;
/** `method` of an experiment's methods. */
export type MethodKind = keyof Entries;
/** Those with a loss over groups. */
export type GroupMethodKind = {
  [K in MethodKind]: Entries[K]["kind"] extends "group loss" ? K : never;
}[MethodKind];

const names = Object.keys(methods) as MethodKind[];
/** `keep, vft or rft`, of all. */
export const methodKindsInWords = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
export const groupMethodKinds = names.filter(
  (name): name is GroupMethodKind => methods[name].kind === "group loss",
);

type Settings = Entries[MethodKind]["settings"];
/** One way of going on from the VFT weights (or the base model): a row of the report's table. */
export const methodSchema = z.discriminatedUnion(
  "method",
  names.map((name) => methods[name].settings) as [Settings, ...Settings[]],
);
export type Method = z.output<Settings>;
/** A method that trains: all but `keep`. */
export type TrainedMethod = Exclude<Method, { method: "keep" }>;
/** A method with a loss over groups. */
export type GroupMethod = z.output<Entries[GroupMethodKind]["settings"]>;

const vftLoss = z.object({ kind: z.literal("vft") }).meta({ id: "VftLoss", type: "object" });
type Loss = Entries[GroupMethodKind]["loss"] | typeof vftLoss;
/** What a training minimises, as the worker is told. */
export const lossSchema = z
  .discriminatedUnion("kind", [vftLoss, ...groupMethodKinds.map((name) => methods[name].loss)] as [
    Loss,
    ...Loss[],
  ])
  .meta({ id: "LossSettings", type: "object", discriminator: { propertyName: "kind" } });

/** The entry of a method by its name, as a report has it. Fails on a name that is not in the catalogue. */
export function entryOf(name: string): Baseline | GroupLoss {
  if (Object.hasOwn(methods, name)) return methods[name as MethodKind] as Baseline | GroupLoss;
  throw failure({ what: "unknown method", found: name, expected: `one of ${names.join(", ")}` });
}

export const hasGroupLoss = (method: Method): method is GroupMethod =>
  methods[method.method].kind === "group loss";

/** Whether its groups must be scored under the weights that it starts from. */
export const needsReferenceModel = (method: Method): boolean =>
  hasGroupLoss(method) && methods[method.method].needs.referenceModel;

/** What the worker minimises for a method. beta: where the boundary lies, for a method that has one. */
export function lossOf(method: TrainedMethod, beta: number | undefined): z.input<Loss> {
  if (!hasGroupLoss(method)) return { kind: "vft" };
  const { lossOf: loss } = methods[method.method] as GroupLoss<z.ZodType, Loss>;
  return loss(method, beta);
}

/** The setting that says how far below the lowest better score a method's boundary lies; none for a method without one. */
export function boundaryBetaKey(method: Method): "beta" | "boundaryBeta" | undefined {
  if (!hasGroupLoss(method) || constraintOf(method) !== "boundary") return undefined;
  return (entryOf(method.method) as GroupLoss).boundaryBeta;
}

/** How far below the lowest better score a method's boundary lies; undefined for a method without one. */
export function boundaryBetaOf(method: Method): BoundaryBeta | undefined {
  const key = boundaryBetaKey(method);
  return key === undefined ? undefined : (method as { [K in typeof key]?: BoundaryBeta })[key];
}

/** The same method with this distance; a method without a boundary as it is. */
export function withBoundaryBeta<M extends Method>(method: M, beta: BoundaryBeta): M {
  const key = boundaryBetaKey(method);
  return key === undefined ? method : { ...method, [key]: beta };
}

/**
 * A method as artefact keys and reports have it: where it has names of its own for ranked feedback, it stands there by
 * those, whichever was written, so that equal work has an equal key. A setting that came later than the runs made without it is left
 * out at the value that they had.
 */
export function recorded<M extends object>(method: M & Pick<Method, "method">, feedback: string): M {
  const entry: Baseline | GroupLoss = methods[method.method];
  const unsaid = Object.entries(("unsaid" in entry && entry.unsaid) || {});
  const said = Object.fromEntries(
    Object.entries(method).filter(([key, value]) => !unsaid.some(([k, v]) => k === key && v === value)),
  ) as M;
  return feedback === "ranked" && "wordsByRanks" in entry && "constraint" in method
    ? { ...said, constraint: rankedName(String(method.constraint)) }
    : said;
}

export { type Baseline, type Constraint, constraints, type GroupLoss } from "./entry.ts";
export { constraintOf, isRanked } from "./ranked.ts";
