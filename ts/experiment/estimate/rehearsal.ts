/**
 * How fast a run's own work goes: some steps of training, some samples and some scores by the run's own worker, of a model of
 * the same sizes with random weights. A model that is too large for that has its first layers measured, few and more, and the
 * rest follows from the difference.
 */
import { WorkerFailure } from "../../bridge/index.ts";
import { cautious, type Measuring, paceOf } from "./measured-pace.ts";
import { type Setup, scoringMemory, total, trainingMemory } from "./memory.ts";
import { atDepth, type Pace, scoringFlops, trainingFlops } from "./pace.ts";
import { multiplied } from "./shape.ts";

export interface Rehearsal extends Omit<Measuring, "whole"> {
  /** Loads so many of its layers. */
  load(layers: number): Promise<{ model: string }>;
}

/** Seconds that the least that can be measured may take. */
const patience = 4;
/** Of the free memory. */
const memoryShare = 0.6;

/** A pace that was measured, or why there is none. */
export type Rehearsed = { pace: Pace } | { reason: string };

/** An error of the worker, such as a model that has no room here, is a reason to go by sizes, and none to say nothing. */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed> {
  if (rehearsal.examples.length === 0) return { reason: "there is no training question to try it with" };
  const depths = depthsOf(rehearsal);
  if (depths.length === 0) return { reason: "the model is too large to be tried here" };
  try {
    return { pace: await measuredPace(rehearsal, depths) };
  } catch (error) {
    if (error instanceof WorkerFailure && !rehearsal.signal.aborted)
      return { reason: `trying it failed: ${error.problems[0]!.what}` };
    throw error;
  }
}

async function measuredPace(rehearsal: Rehearsal, depths: readonly number[]): Promise<Pace> {
  const { setup } = rehearsal;
  // What the worker imports at its first model is no part of loading one.
  await withModel(rehearsal, 1, async () => {});
  const measured: { layers: number; pace: Pace }[] = [];
  for (const layers of depths) {
    const cut = { ...rehearsal, setup: withLayers(setup, layers), whole: setup };
    const pace = await withModel(rehearsal, layers, async (model, load) => ({
      load,
      ...(await paceOf(model, cut)),
    }));
    measured.push({ layers, pace });
  }
  const [few, more] = measured;
  return more === undefined ? few!.pace : atDepth(setup.shape.layers, few!, more);
}

/** @param use gets the model, and the seconds that it took to load */
async function withModel<T>(
  { worker, load, now = () => performance.now() }: Rehearsal,
  layers: number,
  use: (model: string, seconds: number) => Promise<T>,
): Promise<T> {
  const started = now();
  const { model } = await load(layers);
  const seconds = (now() - started) / 1000;
  try {
    return await use(model, seconds);
  } finally {
    await worker.request("model/unload", { model }).catch(() => {});
  }
}

/** All layers; or one, and as many more as weigh as much as the head, so that the difference stands out of the noise; or none. */
export function depthsOf({
  setup,
  speed,
  works,
  examples,
  seconds: each,
}: Pick<Rehearsal, "setup" | "speed" | "works" | "examples" | "seconds">): number[] {
  const { layers } = setup.shape;
  const head = multiplied(withLayers(setup, 0).shape);
  const block = (multiplied(setup.shape) - head) / layers;
  const more = Math.min(layers, 1 + Math.max(2, Math.ceil(head / block)));
  const tokens = Math.min(...examples.map((example) => example.tokens));
  const trains = works.some(({ trained }) => trained !== undefined);
  const perStep = Math.max(tokens, ...works.map(({ trained }) => trained?.perStep ?? 0));
  const atOnce = Math.min(setup.maxTokensPerBatch, perStep);
  const fits = (depth: number, seconds: number): boolean => {
    const cut = withLayers(setup, depth);
    const flops = tokens * (trains ? trainingFlops(cut) : scoringFlops(cut));
    const bytes = total(trains ? trainingMemory(cut, atOnce) : scoringMemory(cut, atOnce));
    return flops / (cautious * speed.flopsPerSecond) <= seconds && bytes <= memoryShare * setup.freeBytes;
  };
  if (more === layers || fits(layers, each / 8)) return fits(layers, patience) ? [layers] : [];
  return fits(more, patience) ? [1, more] : [];
}

/** The same model with its first layers alone. */
export function withLayers(setup: Setup, layers: number): Setup {
  const { shape } = setup;
  const linearLayers = shape.linearLayers.map((linear) => ({
    ...linear,
    count: (linear.count * layers) / shape.layers,
  }));
  const inBlocks = shape.linearLayers.reduce(
    (sum, { count, inputs, outputs }) => sum + count * inputs * outputs,
    0,
  );
  const parameters = shape.parameters - Math.round(inBlocks * (1 - layers / shape.layers));
  return { ...setup, shape: { ...shape, layers, parameters, linearLayers } };
}
