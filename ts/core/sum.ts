/** The sum of a number of each value. */
export const sumOf = <T>(values: Iterable<T>, numberOf: (value: T) => number): number => {
  let sum = 0;
  for (const value of values) sum += numberOf(value);
  return sum;
};
