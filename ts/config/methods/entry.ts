/** What the catalogue says of a method, and the settings that several of them share. */
import { z } from "zod";
import { defined } from "../../core/defined.ts";
import { boundaryBetaSchema } from "../schema/boundary.ts";
import { trainingOverrideSchema } from "../schema/training.ts";

/** What holds the worse COTs back (arXiv 2309.02144); losses without pairs have no boundary. */
export const constraints = ["none", "detached", "boundary"] as const;
export type Constraint = (typeof constraints)[number];

/** A row of the table of methods in the guide. */
export interface TableRow {
  /** Beside the method's name: a constraint, or words; none where the method has no choice. */
  constraint?: string;
  /** Of a question, beside the VFT loss: an equation. */
  loss: string;
  source: string;
}

interface Common<Settings extends z.ZodType> {
  /** In texts, tables and charts. */
  title: string;
  /** What it does, in a sentence for someone who has not met it; of a group loss without its constraint. */
  words: string;
  table: readonly TableRow[];
  /** Which solutions it trains on. */
  learnsFrom: "nothing" | "references" | "accepted samples" | "judged samples";
  /** Of its entry under `methods` in an experiment. */
  settings: Settings;
}

/** A method without a loss over groups: what the others are compared with. */
export interface Baseline<Settings extends z.ZodType = z.ZodType> extends Common<Settings> {
  kind: "baseline";
  learnsFrom: "nothing" | "references" | "accepted samples";
  /** The part it plays in comparisons. */
  role: "kept" | "continued" | "rft";
  /** The shade of its lines among the baselines. */
  place: number;
}

/** A method with a loss over the judged samples of a question. */
export interface GroupLoss<Settings extends z.ZodType = z.ZodType, Loss extends z.ZodType = z.ZodType>
  extends Common<Settings> {
  kind: "group loss";
  learnsFrom: "judged samples";
  /** `words` under ranked feedback, where they differ; the method is then recorded by its ranked names. */
  wordsByRanks?: string;
  /** In charts: of the constraint `none`; the others are shades of it. Light pages, dark pages. */
  hue: { light: string; dark: string };
  /** The part it plays in comparisons, by its constraint. */
  roles: Record<Constraint, "unconstrained" | "detached" | "boundary" | "other">;
  needs: {
    /** Whether a group without a better and a worse COT has no part in it. The worker's loss says the same. */
    pair: boolean;
    /** Log-probabilities under the weights that it starts from. */
    referenceModel: boolean;
    /** The candidates' rewards, where all have one. */
    rewards: boolean;
    /** When it goes by right and wrong, so that ranks will not do. Left out: never. */
    labels?: "always" | "detached";
    /**
     * What it scores anew under the weights that it starts from, at each step: all that it trains on, or a mismatched
     * pair a question. The worker holds these weights beside the trained ones.
     */
    startWeights?: "all" | "mismatched";
  };
  /** Which setting says how far below the lowest better score the boundary lies; none for a loss without pairs. */
  boundaryBeta?: "beta" | "boundaryBeta";
  /** Why it has no boundary, where it has none. */
  noBoundary?: string;
  /** In `words`' place of what the constraint `none` does, where wrong ones are not pushed down without a limit. */
  unconstrained?: string;
  /** Settings by which an artefact is not told from one made before they were there: left out of its key. */
  unsaid?: Readonly<Record<string, unknown>>;
  /** What its own `beta` is, where that is another number than the boundary's. */
  ownBeta?: string;
  /** What the worker is given of it. */
  loss: Loss;
  /** beta: the distance of the boundary, worked out; for a method that has one. */
  lossOf(method: z.output<Settings>, beta: number | undefined): z.input<Loss>;
}

export const common = {
  label: z.string().min(1).optional().meta({ description: "the name in tables and charts" }),
  start: z
    .enum(["vft", "base"])
    .default("vft")
    .meta({ description: "the weights it starts from: those after VFT, or the base model" }),
};
export const trained = {
  ...common,
  train: trainingOverrideSchema
    .optional()
    .meta({ description: "settings that differ from stages.align, for this method only" }),
};
export const grouped = {
  ...trained,
  weight: z.number().min(0).default(1).meta({ description: "of the method's own loss beside the VFT loss" }),
  referenceAsPositive: z
    .boolean()
    .default(false)
    .meta({ description: "count the reference COT among the positives (under ranks: among the best) too" }),
};

export const constraintSettings = {
  none: z.literal("none").meta({ description: "worse COTs are pushed down without a limit" }),
  detached: z.literal("detached").meta({ description: "worse COTs get no gradient (DC)" }),
  boundary: z
    .literal("boundary")
    .meta({ description: "worse COTs are held at beta below the lowest better one (BC)" }),
};

/** Fields of the worker's settings that all group losses have. */
export const wire = {
  constraint: z.enum(constraints),
  weight: z.number().min(0).meta({ description: "of the group loss" }),
  vftWeight: z.number().min(0).meta({ description: "of the VFT loss" }),
  beta: z
    .number()
    .min(0)
    .optional()
    .meta({ description: "boundary only: it lies this far below the lowest better score (nats a token)" }),
};

type Shape = Record<string, z.ZodType>;

interface Published<Name extends string, Own extends Shape, Wire extends Shape>
  extends Pick<
    GroupLoss,
    "title" | "words" | "needs" | "hue" | "table" | "ownBeta" | "unconstrained" | "unsaid"
  > {
  /** Its `method` in an experiment, its `kind` in the protocol, and the name that the worker's loss is registered by. */
  name: Name;
  /** Of the method, in the editor. */
  description: string;
  /** arXiv number. */
  paper: string;
  /** 0 where the paper has no likelihood term. */
  vftWeight: number;
  /** Settings of its own. */
  own?: Own;
  /** Fields of its own in the protocol, and where they come from. */
  wire?: Wire;
  toWire?: (settings: z.output<z.ZodObject<Own>>) => z.input<z.ZodObject<Wire>>;
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** What the settings of a published loss have with every constraint. */
const sharedSettings = <Name extends string, Own extends Shape, Wire extends Shape>({
  name,
  description,
  vftWeight,
  own = {} as Own,
}: Published<Name, Own, Wire>) => ({
  ...grouped,
  method: z.literal(name).meta({ description }),
  vftWeight: z
    .number()
    .min(0)
    .default(vftWeight)
    .meta({ description: "of the VFT loss on the reference beside it" }),
  ...own,
});

const lossMeta = ({
  name,
  title,
  paper,
}: Pick<Published<string, Shape, Shape>, "name" | "title" | "paper">) => ({
  id: `${capitalised(name)}Loss`,
  type: "object" as const,
  description: `${title}, arXiv ${paper}`,
});

type Grouped<Own extends Shape, C extends Constraint> = z.output<z.ZodObject<typeof grouped>> & {
  vftWeight: number;
  constraint: C;
} & z.output<z.ZodObject<Own>>;

/** What the worker is sent of the settings, with every constraint. */
const sent = <Name extends string, Own extends Shape, Wire extends Shape, C extends Constraint>(
  { name, toWire }: Published<Name, Own, Wire>,
  method: Grouped<Own, C>,
) => ({
  kind: name,
  constraint: method.constraint,
  weight: method.weight,
  vftWeight: method.vftWeight,
  ...(toWire?.(method) ?? ({} as z.input<z.ZodObject<Wire>>)),
});

const published = {
  kind: "group loss",
  learnsFrom: "judged samples",
  roles: { none: "other", detached: "other", boundary: "other" },
} as const;

/** A published loss of pairs as it is, and with each constraint, for the ablation. */
export function publishedLoss<
  const Name extends string,
  const Beta extends "beta" | "boundaryBeta",
  Own extends Shape = Record<never, never>,
  Wire extends Shape = Record<never, never>,
>(given: Published<Name, Own, Wire> & { boundaryBeta: Beta }) {
  const { name, title, words, needs, hue, table, ownBeta, unconstrained, unsaid, boundaryBeta } = given;
  const shared = sharedSettings(given);
  const bounded = { [boundaryBeta]: boundaryBetaSchema } as Record<Beta, typeof boundaryBetaSchema>;
  const settings = z.discriminatedUnion("constraint", [
    z.strictObject({ ...shared, constraint: constraintSettings.none }),
    z.strictObject({ ...shared, constraint: constraintSettings.detached }),
    z.strictObject({ ...shared, ...bounded, constraint: constraintSettings.boundary }),
  ]);
  const loss = z
    .object({ kind: z.literal(name), ...wire, ...(given.wire ?? ({} as Wire)) })
    .meta(lossMeta(given));
  return {
    ...published,
    ...{ title, words, needs, hue, table, boundaryBeta },
    ...defined({ ownBeta, unconstrained, unsaid }),
    settings,
    loss,
    lossOf: (method: Grouped<Own, Constraint>, beta: number | undefined) => ({
      ...sent(given, method),
      ...defined({ beta }),
    }),
  } as const;
}

/** A published loss for which a boundary has no meaning: as it is, and with the wrong COTs detached. */
export function publishedLossWithoutBoundary<
  const Name extends string,
  Own extends Shape = Record<never, never>,
  Wire extends Shape = Record<never, never>,
>(given: Published<Name, Own, Wire> & { noBoundary: string }) {
  const { name, title, words, needs, hue, table, ownBeta, unconstrained, noBoundary } = given;
  const shared = sharedSettings(given);
  const settings = z.discriminatedUnion("constraint", [
    z.strictObject({ ...shared, constraint: constraintSettings.none }),
    z.strictObject({ ...shared, constraint: constraintSettings.detached }),
  ]);
  const { weight, vftWeight } = wire;
  const constraint = z.enum(["none", "detached"]);
  const loss = z
    .object({ kind: z.literal(name), constraint, weight, vftWeight, ...(given.wire ?? ({} as Wire)) })
    .meta(lossMeta(given));
  return {
    ...published,
    ...{ title, words, needs, hue, table, noBoundary },
    ...defined({ ownBeta, unconstrained }),
    settings,
    loss,
    lossOf: (method: Grouped<Own, "none" | "detached">) => sent(given, method),
  } as const;
}

/** What the likelihood term trains on, for losses whose released code has no reference apart from what it ranks. */
export const targetSetting = z.enum(["reference", "best"]).default("reference").meta({
  description:
    "what the VFT loss beside it trains on: the reference COT; or, as the released code, the best-ranked COT (none is: the reference)",
});

/** A link to a paper. */
export const arxiv = (paper: string): string => `[arXiv ${paper}](https://arxiv.org/abs/${paper})`;
