/** The charts: pure functions of what they show, which give an SVG's text. A new one is a file and a line here. */
export { accuracyChart, type MethodAccuracy } from "./accuracy.ts";
export { type BetaCurve, betaChart } from "./beta.ts";
export { type ConsistencyCurves, consistencyChart } from "./consistency.ts";
export { curvesChart, type MethodCurve } from "./curves.ts";
export { type OwnChartOptions, renderOwnChart } from "./custom.ts";
export { difficultyChart } from "./difficulty.ts";
export { type FamilyRow, type FamilySeries, familiesChart } from "./families.ts";
export type { ChartText } from "./options.ts";
export { chartStyle, lightOf, mix, white } from "./palette.ts";
export type { Panel, PanelPoint } from "./panels.ts";
export { picture } from "./picture.ts";
export { ranksChart } from "./ranks.ts";
export { reliabilityChart } from "./reliability.ts";
export { type RoundPoint, type RoundsPanel, roundsChart } from "./rounds.ts";
export { type MethodScores, scoresChart } from "./scores.ts";
export { halfWindow, runningMean } from "./smooth.ts";
export { type SweepRow, type SweepSeries, sweepChart } from "./sweep.ts";
export { type LossCurve, vftLossChart } from "./vft-loss.ts";
