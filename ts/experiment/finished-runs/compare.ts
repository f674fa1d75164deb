/** Two finished runs side by side: what was set otherwise, what they ran on, and what came of it. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { compareRuns, type RunData, type RunsComparison } from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import { isMap } from "../../core/shape.ts";
import { sumOf } from "../../core/sum.ts";
import { entryBeside, hasThreads, inThreads } from "../../core/threads.ts";
import { loadRunData } from "../run/results.ts";
import { readRunRecord } from "../run/run-record.ts";
import { stages } from "../stages/index.ts";

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
  const [left, right] = await Promise.all([a, b].map((folder) => loadRunData(folder, () => true)));
  return {
    a: left!.run.name,
    b: right!.run.name,
    config: configDifferences(left!.run.configYaml, right!.run.configYaml),
    environment: differences(environmentOf(left!.run), environmentOf(right!.run)),
    ...compareRuns(left!.run, right!.run),
  };
}

/** Of this many bytes of answers a comparison takes about as long as a thread takes to start. */
const bytesWorthAThread = 20e6;

/** The same, in a thread where it takes long: a server has others to answer meanwhile. */
export async function compareAside(a: string, b: string, least = bytesWorthAThread): Promise<ComparedRuns> {
  const sizes = await Promise.all([a, b].map(bytesOfAnswers));
  if (!hasThreads || sumOf(sizes, Number) < least) return compareFinishedRuns(a, b);
  const entry = entryBeside(import.meta.url, "compare-thread");
  const compared = inThreads<readonly [string, string], ComparedRuns>(entry, undefined, [[a, b]], 1);
  for await (const comparison of compared) return comparison;
  throw new Error("unreachable: a thread answers or fails");
}

async function bytesOfAnswers(runDirectory: string): Promise<number> {
  const { seeds } = await readRunRecord(runDirectory);
  const { predictions, samples, heldOut } = stages.evaluate.files;
  const files = seeds
    .flatMap(({ arms }) => arms.flatMap(({ evaluate }) => evaluate))
    .map(({ artefact }) => ({ directory: join(runDirectory, artefact) }))
    .flatMap((place) => [predictions, samples, heldOut].map((file) => file.pathIn(place)));
  const sizes = files.map((file) =>
    stat(file).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return sumOf(await Promise.all(sizes), Number);
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
