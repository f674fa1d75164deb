/** More points than these cannot be told apart in a chart, and a page that grows is sent again and again. */
const mostPoints = 400;

/** Every n-th, and the last. */
export function everyNth<T>(steps: readonly T[], most = mostPoints): readonly T[] {
  if (steps.length <= most) return steps;
  const by = Math.ceil(steps.length / most);
  return steps.filter((_, at) => at % by === 0 || at === steps.length - 1);
}
