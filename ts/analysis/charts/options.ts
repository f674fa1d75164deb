// Apart from what draws: the library's types come to these, and must not need those of Observable Plot.

/** What a chart says of itself in words. */
export interface ChartText {
  /** Unique on its page; the accessible name hangs on it. */
  id: string;
  /** What is drawn, in a few words. */
  title: string;
  /** What the chart shows, for those who cannot see it. */
  description: string;
}

/** What every chart takes beside its data. */
export interface ChartOptions {
  /** Unique on its page; by default the chart's name. */
  id?: string | undefined;
  /** In pixels; 720 by default. */
  width?: number | undefined;
}
