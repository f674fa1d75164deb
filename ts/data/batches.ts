import { AftError } from "../core/errors.ts";
import { type Random, randomFrom } from "../core/random.ts";

export interface BatchOptions<T> {
  /** Items a batch; the last batch of an epoch may be smaller, and is kept. */
  batchSize: number;
  /** How often each item is seen. Give this or `steps`. */
  epochs?: number;
  /** How many batches there are, over as many epochs as it takes. */
  steps?: number;
  seed: number;
  /** When given, items of like length share a batch, so that little is padded. */
  lengthOf?: (item: T) => number;
}

/** The order in which training sees its items. */
export interface Batches {
  stepsPerEpoch: number;
  totalSteps: number;
  /** The items' indices of a step, counted from 1. Depends on (seed, step) alone, not on what was asked before. */
  batch(step: number): readonly number[];
}

/** Full batches whose items are sorted by length together: large enough for like lengths, small enough to stay random. */
const batchesAWindow = 50;

/**
 * The data order as a pure function of (seed, epoch, step): a run that goes on at step s sees what an unbroken
 * one sees there. Every epoch visits each item once, in an order of its own; what does not fill a batch
 * is drawn at random, whatever its length, and comes last.
 */
export function batches<T>(items: readonly T[], options: BatchOptions<T>): Batches {
  const { batchSize, epochs, steps, seed, lengthOf } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new AftError({ what: "batchSize", found: batchSize, expected: "an integer of at least 1" });
  if ((epochs === undefined) === (steps === undefined))
    throw new AftError({ what: "a data order needs either epochs or steps", found: { epochs, steps } });
  if (items.length === 0) throw new AftError({ what: "there is nothing to train on: no items were given" });
  const lengths = lengthOf === undefined ? undefined : items.map(lengthOf);
  const stepsPerEpoch = Math.ceil(items.length / batchSize);
  const totalSteps = steps ?? Math.ceil(epochs! * stepsPerEpoch);
  let current: { epoch: number; order: number[][] } | undefined;
  return {
    stepsPerEpoch,
    totalSteps,
    batch(step) {
      if (!Number.isInteger(step) || step < 1 || step > totalSteps)
        throw new AftError({ what: "no such step", found: step, expected: `1 to ${totalSteps}` });
      const epoch = Math.floor((step - 1) / stepsPerEpoch);
      if (current?.epoch !== epoch)
        current = {
          epoch,
          order: epochOrder(items.length, batchSize, lengths, randomFrom("batches", seed, epoch)),
        };
      return current.order[(step - 1) % stepsPerEpoch]!;
    },
  };
}

function epochOrder(
  count: number,
  batchSize: number,
  lengths: readonly number[] | undefined,
  random: Random,
): number[][] {
  const shuffled = random.shuffle(Array.from({ length: count }, (_, index) => index));
  const left = shuffled.splice(count - (count % batchSize));
  const full =
    lengths === undefined
      ? chunks(shuffled, batchSize)
      : random.shuffle(
          chunks(shuffled, batchSize * batchesAWindow).flatMap((window) =>
            chunks(
              window.sort((a, b) => lengths[a]! - lengths[b]!),
              batchSize,
            ),
          ),
        );
  return left.length > 0 ? [...full, left] : full;
}

const chunks = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  );
