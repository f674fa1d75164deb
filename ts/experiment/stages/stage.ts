/** The definition of a stage, and how nodes of a plan are made of it. */
import type { z } from "zod";
import { inputError } from "../../core/errors.ts";
import type { Artefact } from "../store/store.ts";
import { namesOfRole, type OfTask, rolesOf } from "./by-task.ts";
import type { Cost, Expectation } from "./cost.ts";
import type { NodeLabel, PlanNode, StageContext } from "./node.ts";

/** The inputs of a stage by role: one node, a node for each task, or none. */
type InputNodes = Record<string, PlanNode | readonly OfTask[] | undefined>;

/** What stands for each input: its artefact once it is made, or what it is expected to hold before. */
type ForEach<Nodes, T> = { [Role in keyof Nodes]: ForInput<Nodes[Role], T> };
type ForInput<Input, T> = Input extends PlanNode
  ? T
  : Input extends readonly OfTask[]
    ? readonly T[]
    : undefined;

/** Readers go by the names that the definition gives its files. */
type FilesByName = Readonly<Record<string, { readonly name: string }>>;

export interface StageDefinition<
  Params,
  Settings extends object,
  Nodes extends InputNodes,
  Files extends FilesByName,
  Facts extends z.ZodObject,
> {
  /** Part of the key and of the artefact's directory. */
  name: string;
  /**
   * Raised by hand with every change of code, here, in `data` or in the worker, after which the stage makes something
   * else of the same settings and inputs: older artefacts are then made again, and all that stands on them. Prompt
   * templates and answer patterns need no such care: they are in the settings themselves.
   */
  codeVersion: number;
  /** What it writes, beside weights. */
  files: Files;
  /** What its manifest tells. */
  facts: Facts;
  /** What of the parameters bears on the result: all of it goes into the key. */
  settings(params: Params): Settings;
  inputs(params: Params): Nodes;
  /** Fills the context's directory. */
  run(
    context: StageContext,
    params: Params,
    inputs: ForEach<Nodes, Artefact>,
  ): Promise<z.output<Facts>> | z.output<Facts>;
  /** false: it needs no Python, so what is wrong with a user's files is told before anything is installed. Left out: it does. */
  usesWorker?: false;
  /** What it sends through the model; left out: it uses none. */
  cost?(params: Params, inputs: ForEach<Nodes, Expectation>): Cost;
  /** What its artefact is expected to hold; left out: neither questions nor samples. */
  expected?(params: Params, inputs: ForEach<Nodes, Expectation>): Expectation;
}

export interface Stage<Params, Settings, Files, Facts extends z.ZodObject> {
  name: string;
  codeVersion: number;
  files: Files;
  facts: Facts;
  node(params: Params, label?: NodeLabel): PlanNode;
  /** The facts of an artefact of this stage. An older one may lack some; one of another type is an error. */
  factsOf(artefact: Pick<Artefact, "directory" | "manifest">): Partial<z.output<Facts>>;
  /** The settings of an artefact of this stage: its key is their digest, so they are as the stage gave them. */
  settingsOf(artefact: Pick<Artefact, "manifest">): Partial<Settings>;
}

export function defineStage<
  Params,
  Settings extends object,
  Nodes extends InputNodes,
  Files extends FilesByName,
  Facts extends z.ZodObject,
>(definition: StageDefinition<Params, Settings, Nodes, Files, Facts>): Stage<Params, Settings, Files, Facts> {
  const { name, codeVersion, files, facts } = definition;
  const readFacts = facts.partial();
  return {
    name,
    codeVersion,
    files,
    facts,
    node(params, label = {}) {
      const nodes = definition.inputs(params);
      return {
        stage: name,
        ...label,
        codeVersion,
        settings: definition.settings(params),
        inputs: flat(nodes),
        usesWorker: definition.usesWorker ?? true,
        run: async (context, artefacts) => definition.run(context, params, byRole(nodes, artefacts)),
        cost:
          definition.cost === undefined
            ? undefined
            : (expectations) => definition.cost!(params, byRole(nodes, expectations)),
        expected: (expectations) => definition.expected?.(params, byRole(nodes, expectations)) ?? {},
      };
    },
    factsOf({ directory, manifest }) {
      const parsed = readFacts.safeParse(manifest.facts);
      if (parsed.success) return parsed.data as Partial<z.output<Facts>>;
      throw inputError(
        { what: "the facts in an artefact's manifest are damaged", where: directory },
        { cause: parsed.error },
      );
    },
    settingsOf: ({ manifest }) => manifest.settings as Partial<Settings>,
  };
}

const flat = (nodes: InputNodes): Record<string, PlanNode> =>
  Object.assign(
    {},
    ...Object.entries(nodes).map(([role, input]) =>
      input === undefined ? {} : isNode(input) ? { [role]: input } : rolesOf(role, input),
    ),
  ) as Record<string, PlanNode>;

const byRole = <Nodes extends InputNodes, T>(nodes: Nodes, values: Record<string, T>): ForEach<Nodes, T> =>
  Object.fromEntries(
    Object.entries(nodes).map(([role, input]) => [
      role,
      input === undefined || isNode(input)
        ? values[role]
        : namesOfRole(role, values).map((name) => values[name]),
    ]),
  ) as ForEach<Nodes, T>;

const isNode = (input: PlanNode | readonly OfTask[]): input is PlanNode => "stage" in input;
