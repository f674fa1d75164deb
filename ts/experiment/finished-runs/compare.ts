/** Two finished runs side by side: what was set otherwise, what they ran on, and what came of it. */
import { parse } from "yaml";
import { compareRuns, type RunData, type RunsComparison } from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import { isMap } from "../../core/shape.ts";
import { loadRunData } from "../run/results.ts";

/** A value that differs; undefined where one side has none. */
export interface Difference {
  /** Dotted, as `--set` takes it; or a package's name. */
  path: string;
  a?: unknown;
  b?: unknown;
}

export interface ComparedRuns extends RunsComparison {
  a: string;
  b: string;
  config: Difference[];
  environment: Difference[];
}

export async function compareFinishedRuns(a: string, b: string): Promise<ComparedRuns> {
  const [left, right] = await Promise.all([loadRunData(a), loadRunData(b)]);
  return {
    a: left.run.name,
    b: right.run.name,
    config: configDifferences(left.run.configYaml, right.run.configYaml),
    environment: differences(environmentOf(left.run), environmentOf(right.run)),
    ...compareRuns(left.run, right.run),
  };
}

const environmentOf = ({ versions, device }: RunData): Record<string, unknown> => ({ ...versions, device });

/** What differs between two experiments beside their names. */
export function configDifferences(a: string, b: string): Difference[] {
  const settings = (yaml: string): unknown => {
    const { name: _, ...rest } = parse(yaml) as Record<string, unknown>;
    return rest;
  };
  return differences(settings(a), settings(b));
}

/** Maps are gone into, and lists of equally many maps; all other values are compared as wholes. */
export function differences(a: unknown, b: unknown, path: readonly string[] = []): Difference[] {
  if (canonicalJson({ value: a }) === canonicalJson({ value: b })) return [];
  const parts = partsOf(a, b);
  if (parts === undefined) return [{ path: path.join("."), ...defined({ a, b }) }];
  const part = (whole: unknown, key: string): unknown => (whole as Record<string, unknown>)[key];
  return parts.flatMap((key) => differences(part(a, key), part(b, key), [...path, key]));
}

function partsOf(a: unknown, b: unknown): string[] | undefined {
  if (isMap(a) && isMap(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const lists = Array.isArray(a) && Array.isArray(b) && a.length === b.length && [...a, ...b].every(isMap);
  return lists ? [...a.keys()].map(String) : undefined;
}
