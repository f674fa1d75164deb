/** Both ends of an interval, in the unit of what it is about. */
export interface Interval {
  low: number;
  high: number;
}

export const includes = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;
