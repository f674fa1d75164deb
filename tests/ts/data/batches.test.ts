import { describe, expect, it } from "vitest";
import { type BatchOptions, batches } from "../../../ts/data/index.ts";

const items = (count: number): number[] => Array.from({ length: count }, (_, at) => (at * 7919) % 211);
const all = (count: number, options: Omit<BatchOptions<number>, "seed"> & { seed?: number }): number[][] => {
  const order = batches(items(count), { seed: 1, ...options });
  return Array.from({ length: order.totalSteps }, (_, at) => [...order.batch(at + 1)]);
};
const inOrder = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const sorted = (indices: readonly number[]): number[] => [...indices].sort((a, b) => a - b);

describe.each([
  ["shuffled", {}],
  ["grouped by length", { lengthOf: (item: number) => item }],
])("a data order, %s", (_name, grouping) => {
  it.each([
    [10, 3],
    [12, 4],
    [5, 8],
    [1_003, 16],
    [1, 1],
  ])("visits each of %i items once an epoch, in batches of %i", (count, batchSize) => {
    const seen = all(count, { batchSize, epochs: 3, ...grouping });
    const stepsPerEpoch = Math.ceil(count / batchSize);
    expect(seen.length).toBe(3 * stepsPerEpoch);
    for (const epoch of [0, 1, 2]) {
      const own = seen.slice(epoch * stepsPerEpoch, (epoch + 1) * stepsPerEpoch);
      expect(sorted(own.flat())).toEqual(inOrder(count));
      expect(own.map((batch) => batch.length)).toEqual(
        inOrder(stepsPerEpoch).map((at) => Math.min(batchSize, count - at * batchSize)),
      );
    }
  });

  it("is the same from any step on, asked in any order", () => {
    const options = { batchSize: 7, epochs: 4, seed: 3, ...grouping };
    const unbroken = all(100, options);
    const resumed = batches(items(100), options);
    for (let step = unbroken.length; step >= 1; step--)
      expect(resumed.batch(step)).toEqual(unbroken[step - 1]);
  });

  it("differs between epochs and between seeds", () => {
    const seen = all(100, { batchSize: 10, epochs: 2, ...grouping });
    expect(seen.slice(0, 10)).not.toEqual(seen.slice(10));
    expect(all(100, { batchSize: 10, epochs: 2, seed: 2, ...grouping })).not.toEqual(seen);
  });

  it("gives so many steps as asked, whole epochs or not", () => {
    const seen = all(10, { batchSize: 4, steps: 7, ...grouping });
    expect(seen.map((batch) => batch.length)).toEqual([4, 4, 2, 4, 4, 2, 4]);
  });
});

it("puts items of like length together and the batches in random order", () => {
  const lengths = items(1_600);
  const seen = all(1_600, { batchSize: 16, epochs: 1, lengthOf: (item) => item });
  const spreads = seen.map((batch) => {
    const own = batch.map((index) => lengths[index]!);
    return Math.max(...own) - Math.min(...own);
  });
  // 50 batches a window: neighbours of 800 sorted lengths in 0..210, 16 at a time, span about 4.
  expect(Math.max(...spreads)).toBeLessThan(15);
  const means = seen.map((batch) => batch.reduce((sum, index) => sum + lengths[index]!, 0) / batch.length);
  const rises = means.slice(1).filter((mean, at) => mean > means[at]!).length;
  expect(rises).toBeGreaterThan(30);
  expect(rises).toBeLessThan(70);
});

it("draws what does not fill a batch whatever its length", () => {
  const last = [1, 2, 3, 4, 5, 6].map((seed) =>
    all(33, { batchSize: 16, epochs: 1, seed, lengthOf: (item) => item })
      .at(-1)!
      .join(),
  );
  expect(new Set(last).size).toBeGreaterThan(2);
});

it("says what it cannot do", () => {
  expect(() => batches([1], { batchSize: 0, epochs: 1, seed: 1 })).toThrow(
    "batchSize\n  found: 0\n  expected: an integer of at least 1",
  );
  expect(() => batches([1], { batchSize: 1, seed: 1 })).toThrow("a data order needs either epochs or steps");
  expect(() => batches([1], { batchSize: 1, epochs: 1, steps: 1, seed: 1 })).toThrow(
    "needs either epochs or steps",
  );
  expect(() => batches([], { batchSize: 1, epochs: 1, seed: 1 })).toThrow("there is nothing to train on");
  const order = batches([1, 2], { batchSize: 1, epochs: 1, seed: 1 });
  for (const step of [0, 3, 1.5]) expect(() => order.batch(step)).toThrow("expected: 1 to 2");
});

describe("a mixture of sources", () => {
  const items = [
    ...Array.from({ length: 30 }, (_, at) => ({ source: "large", at })),
    ...Array.from({ length: 6 }, (_, at) => ({ source: "small", at })),
  ];
  const mixed = (weights: Record<string, number>, temperature: number, seed = 1) => {
    const order = batches(items, {
      batchSize: 5,
      epochs: 6,
      seed,
      mixture: { sourceOf: ({ source }) => source, weights, temperature },
    });
    const epochs = Array.from({ length: 6 }, (_, epoch) =>
      Array.from({ length: order.stepsPerEpoch }, (_, at) =>
        order.batch(epoch * order.stepsPerEpoch + at + 1),
      ).flat(),
    );
    const countOf = (epoch: readonly number[], source: string) =>
      epoch.filter((index) => items[index]!.source === source).length;
    return { order, epochs, countOf };
  };

  it("of equal weights at temperature 1 shows each item once an epoch", () => {
    for (const epoch of mixed({ large: 1, small: 1 }, 1).epochs)
      expect([...epoch].sort((a, b) => a - b)).toEqual([...items.keys()]);
  });

  it("gives each source the share of weight times size to the power of one over the temperature", () => {
    // 30 : 6 * 5 = 1 : 1 of 36 places.
    const weighted = mixed({ large: 1, small: 5 }, 1);
    for (const epoch of weighted.epochs) expect(weighted.countOf(epoch, "small")).toBe(18);
    // sqrt 30 : sqrt 6 = 5.477 : 2.449, so 36 * 0.3090 = 11.12 places for the small one.
    const tempered = mixed({ large: 1, small: 1 }, 2);
    for (const epoch of tempered.epochs) {
      expect(epoch).toHaveLength(36);
      expect(tempered.countOf(epoch, "small")).toBe(11);
    }
  });

  it("walks through each source in passes: no item comes again before all others of its source", () => {
    const { epochs } = mixed({ large: 1, small: 5 }, 1);
    const seen = new Map<number, number>();
    for (const epoch of epochs) {
      for (const index of epoch) seen.set(index, (seen.get(index) ?? 0) + 1);
      for (const source of ["large", "small"]) {
        const times = [...items.keys()]
          .filter((index) => items[index]!.source === source)
          .map((index) => seen.get(index) ?? 0);
        expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("depends on seed and step alone", () => {
    const one = mixed({ large: 1, small: 2 }, 1);
    const again = mixed({ large: 1, small: 2 }, 1).order;
    expect(again.batch(again.totalSteps)).toEqual(one.order.batch(one.order.totalSteps));
    expect(again.batch(1)).toEqual(one.order.batch(1));
    expect(mixed({ large: 1, small: 2 }, 1, 2).order.batch(1)).not.toEqual(one.order.batch(1));
  });
});
