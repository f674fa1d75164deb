/** Trial after trial, each told as it ends, and the table of all. */
import { appendFile, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomFrom } from "../../ts/core/random.ts";
import { type Kind, kinds, mounted, unmount } from "./kinds.ts";
import { type Base, Lost, newTrial, type Outcome, outcomeOf } from "./trial.ts";

export interface Told {
  id: number;
  kind: string;
  stage: string;
  outcome: Outcome | "lost";
  done?: string;
  detail?: string;
  seconds: number;
}

export interface Planned {
  id: number;
  kind: Kind;
  stage: string;
}

const allStages = ["questions", "create", "vft", "sample", "judge", "score", "align", "evaluate", "report"];

/** About so many, of all kinds by their shares, and of each kind over its stages. */
export function planned(count: number, seed: number, canMount: boolean): Planned[] {
  const random = randomFrom("faults", seed);
  const usable = kinds.filter(({ mounts }) => canMount || !mounts);
  const whole = usable.reduce((sum, { share }) => sum + share, 0);
  const drawn = usable.flatMap((kind) => {
    const stages = random.shuffle(kind.stages ?? allStages);
    const times = Math.max(1, Math.round((kind.share * count) / whole));
    return Array.from({ length: times }, (_, at) => ({ kind, stage: stages[at % stages.length]! }));
  });
  return random.shuffle(drawn).map((one, id) => ({ id, ...one }));
}

/** Enough for the runs folder, whatever it holds when it is full. */
const diskBytes = 1 << 30;

export async function tried({ id, kind, stage }: Planned, base: Base, seed: number): Promise<Told> {
  const random = randomFrom("fault", seed, id);
  const started = performance.now();
  const disk = kind.mounts ? await mounted(diskBytes) : undefined;
  const trial = await newTrial(base, stage, random, disk);
  const told = (outcome: Told["outcome"], more: Partial<Told>): Told => ({
    ...{ id, kind: kind.name, stage, outcome },
    ...more,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  });
  try {
    const done = await kind.act(trial);
    try {
      const { outcome, ...more } = await outcomeOf(trial);
      return told(outcome, { done, ...more });
    } catch (error) {
      if (error instanceof Lost) return told("lost", { done, detail: error.message });
      throw error;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return told("lost", { detail: error instanceof Lost ? error.message : String(error.stack) });
  } finally {
    if (disk !== undefined) await unmount(disk);
    if (!process.env.AFT_KEEP_FAULTS) await rm(dirname(trial.pidFile), { recursive: true, force: true });
  }
}

/** Those that an earlier call told of are not tried again. */
export async function toldIn(file: string): Promise<Told[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** So many at once, each result kept in the file as it comes. */
export async function tryAll(
  plan: readonly Planned[],
  base: Base,
  { file, seed, atOnce, tell }: { file: string; seed: number; atOnce: number; tell: (told: Told) => void },
): Promise<Told[]> {
  const before = await toldIn(file);
  const all = [...before];
  const left = plan.filter(({ id }) => !before.some((told) => told.id === id));
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const told = await tried(one, base, seed);
      await appendFile(file, `${JSON.stringify(told)}\n`);
      all.push(told);
      tell(told);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return all;
}

export interface Line {
  what: string;
  tried: number;
  identical: number;
  error: number;
  lost: number;
}

export function linesOf(all: readonly Told[]): Line[] {
  const names = kinds.map(({ name }) => name).filter((name) => all.some(({ kind }) => kind === name));
  return names.map((what) => {
    const of = all.filter(({ kind }) => kind === what);
    const count = (wanted: Told["outcome"]) => of.filter(({ outcome }) => outcome === wanted).length;
    return {
      what,
      tried: of.length,
      identical: count("identical"),
      error: count("one clear error"),
      lost: count("lost"),
    };
  });
}

export function table(lines: readonly Line[]): string {
  const cells = (line: Line) => [line.what, line.tried, line.identical, line.error, line.lost].map(String);
  const sum = (of: "tried" | "identical" | "error" | "lost") =>
    lines.reduce((total, line) => total + line[of], 0);
  const all = {
    what: "all",
    tried: sum("tried"),
    identical: sum("identical"),
    error: sum("error"),
    lost: sum("lost"),
  };
  const rows = [["fault", "tried", "identical", "one clear error", "lost"], ...[...lines, all].map(cells)];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "),
    )
    .join("\n");
}

export const resultsIn = (folder: string): string => join(folder, "faults.jsonl");
