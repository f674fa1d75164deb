/** More points than these cannot be told apart in a chart, and a page that grows is sent again and again. */
const mostPoints = 400;
/** Of all charts of a page. */
const mostOnPage = 6000;

/**
 * Every n-th, and the last.
 * @param curves how many the page shows
 */
export function everyNth<T>(steps: readonly T[], curves = 1): readonly T[] {
  const most = Math.min(mostPoints, Math.ceil(mostOnPage / curves));
  if (steps.length <= most) return steps;
  const by = Math.ceil(steps.length / most);
  return steps.filter((_, at) => at % by === 0 || at === steps.length - 1);
}
