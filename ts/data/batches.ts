import { AftError } from "../core/errors.ts";
import { type Random, randomFrom } from "../core/random.ts";
import { grouped } from "./problems.ts";

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
  /** When given, an epoch holds as many items of each source as its share says, instead of each item once. */
  mixture?: Mixture<T>;
}

/** Several sources that share an epoch. */
export interface Mixture<T> {
  sourceOf: (item: T) => string;
  /** A source with n items and weight w has a share of w n^(1/temperature) of an epoch. */
  weights: Readonly<Record<string, number>>;
  temperature: number;
}

/** The order in which training sees its items. */
export interface Batches {
  stepsPerEpoch: number;
  totalSteps: number;
  /** The items' indices of a step, counted from 1. Depends on (seed, step) alone, not on earlier calls. */
  batch(step: number): readonly number[];
}

/** Full batches whose items are sorted by length together: large enough for like lengths, small enough to stay random. */
const batchesAWindow = 50;

/**
 * The data order as a pure function of (seed, epoch, step): a run that goes on at step s sees what an unbroken
 * one sees there. Every epoch visits each item once, in an order of its own; what does not fill a batch
 * is drawn at random, whatever its length, and comes last. Under a mixture each source is walked through in
 * shuffled passes of its own, from epoch to epoch: no item comes again before all others of its source have come.
 */
export function batches<T>(items: readonly T[], options: BatchOptions<T>): Batches {
  const { batchSize, epochs, steps, seed, lengthOf, mixture } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new AftError({ what: "batchSize", found: batchSize, expected: "an integer of at least 1" });
  if ((epochs === undefined) === (steps === undefined))
    throw new AftError({ what: "a data order needs either epochs or steps", found: { epochs, steps } });
  if (items.length === 0) throw new AftError({ what: "there is nothing to train on: no items were given" });
  const lengths = lengthOf === undefined ? undefined : items.map(lengthOf);
  const itemsOf = mixture === undefined ? () => [...items.keys()] : mixedEpochs(items, mixture, seed);
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
          order: epochOrder(itemsOf(epoch), batchSize, lengths, randomFrom("batches", seed, epoch)),
        };
      return current.order[(step - 1) % stepsPerEpoch]!;
    },
  };
}

function epochOrder(
  items: readonly number[],
  batchSize: number,
  lengths: readonly number[] | undefined,
  random: Random,
): number[][] {
  const shuffled = random.shuffle(items);
  const left = shuffled.splice(items.length - (items.length % batchSize));
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

/** The items of each epoch under a mixture; as many as there are items. */
function mixedEpochs<T>(
  items: readonly T[],
  { sourceOf, weights, temperature }: Mixture<T>,
  seed: number,
): (epoch: number) => number[] {
  const members = grouped(items.keys(), (at) => sourceOf(items[at]!));
  const names = [...members.keys()].sort();
  const counts = apportion(
    names.map((name) => (weights[name] ?? 1) * members.get(name)!.length ** (1 / temperature)),
    items.length,
  );
  const passes = new Map<string, readonly number[]>();
  const passOf = (name: string, pass: number): readonly number[] => {
    const key = `${pass} ${name}`;
    const known = passes.get(key) ?? randomFrom("mixture", seed, name, pass).shuffle(members.get(name)!);
    passes.set(key, known);
    return known;
  };
  return (epoch) => {
    passes.clear();
    return names.flatMap((name, number) => {
      const count = counts[number]!;
      const size = members.get(name)!.length;
      return Array.from({ length: count }, (_, at) => {
        const place = epoch * count + at;
        return passOf(name, Math.floor(place / size))[place % size]!;
      });
    });
  };
}

/** `total` cut into whole numbers in proportion to the shares, by the largest remainders. */
function apportion(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  const exact = shares.map((share) => (total * share) / sum);
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((given, count) => given + count, 0);
  const byRemainder = [...exact.keys()].sort((a, b) => (exact[b]! % 1) - (exact[a]! % 1) || a - b);
  for (const at of byRemainder.slice(0, left)) counts[at] = counts[at]! + 1;
  return counts;
}

const chunks = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  );
