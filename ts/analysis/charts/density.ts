import { quantile } from "../statistics/bootstrap.ts";

/** One point of an estimated density; the area under it is 1. */
export interface DensityPoint {
  x: number;
  density: number;
}

const cells = 160;

/**
 * Gaussian kernel density on an even grid over [low, high], Silverman's bandwidth. The scores cannot exceed
 * 0, so what the kernel would put above 0 is reflected back.
 */
export function density(values: readonly number[], low: number, high: number): DensityPoint[] {
  if (values.length === 0 || !(high > low)) return [];
  const width = (high - low) / cells;
  const bandwidth = Math.max(bandwidthOf(values), width);
  const counts = new Float64Array(cells + 1);
  for (const value of values) if (value >= low && value <= high) counts[Math.round((value - low) / width)]!++;
  return Array.from(counts, (_, at) => {
    const x = low + at * width;
    let sum = 0;
    for (let cell = 0; cell <= cells; cell++) {
      const centre = low + cell * width;
      if (counts[cell]! > 0)
        sum += counts[cell]! * (kernel((x - centre) / bandwidth) + kernel((x + centre) / bandwidth));
    }
    return { x, density: sum / (values.length * bandwidth) };
  });
}

const kernel = (u: number): number => Math.exp(-(u ** 2) / 2) / Math.sqrt(2 * Math.PI);

function bandwidthOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const std = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  const middle = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
  return 0.9 * (middle > 0 ? Math.min(std, middle) : std) * sorted.length ** -0.2;
}
