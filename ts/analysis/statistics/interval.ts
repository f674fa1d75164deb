import type { Interval } from "../generated/report.ts";

export type { Interval } from "../generated/report.ts";

export const includes = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;
