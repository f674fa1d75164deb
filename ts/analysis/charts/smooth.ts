/** A running mean over a centred window of up to `2 * half + 1` values, shorter at both ends; NaN is skipped. */
export function runningMean(values: readonly number[], half: number): number[] {
  return values.map((_, at) => {
    const near = values.slice(Math.max(0, at - half), at + half + 1).filter((value) => !Number.isNaN(value));
    return near.length === 0 ? Number.NaN : near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** Half a window that shows the trend of a curve of so many steps: a fiftieth of it on either side. */
export const halfWindow = (steps: number): number => Math.floor(steps / 50);
