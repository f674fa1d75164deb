/**
 * Holm's step-down adjustment (Holm 1979): of m tests the i-th smallest p is multiplied by m - i + 1, and never falls
 * below a smaller one's. Rejecting where the result is under 5 % finds anything by chance in at most 5 % of families of
 * tests, however the tests hang together.
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  let floor = 0;
  ps.map((p, at) => ({ p, at }))
    .sort((a, b) => a.p - b.p)
    .forEach(({ p, at }, rank) => {
      floor = Math.min(1, Math.max(floor, p * (ps.length - rank)));
      adjusted[at] = floor;
    });
  return adjusted;
}
