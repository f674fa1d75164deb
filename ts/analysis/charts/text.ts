/** What a chart says of itself in words. */
export interface ChartText {
  /** Unique on its page; the accessible name hangs on it. */
  id: string;
  /** What is drawn, in a few words. */
  title: string;
  /** What the chart shows, for those who cannot see it. */
  description: string;
}
