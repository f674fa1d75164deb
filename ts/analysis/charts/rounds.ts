import * as Plot from "@observablehq/plot";
import { percent } from "../format.ts";
import type { Interval } from "../statistics/interval.ts";
import type { FamilyPlace } from "./family-places.ts";
import { legendChart } from "./legend.ts";
import { dotPaint, frame, linePaint, lineStyleAt, pointTitle, sideAxis, withEnds } from "./marks.ts";
import type { ChartOptions } from "./options.ts";
import { colourOf } from "./palette.ts";
import { renderChart, stacked } from "./svg.ts";

/** A share in [0, 1] after a round; 0: before the first. */
export interface RoundPoint {
  round: number;
  value: number;
  interval: Interval | null;
}

/** One measure of every method. */
export interface RoundsPanel {
  id: string;
  title: string;
  methods: readonly { label: string; place: FamilyPlace; points: readonly RoundPoint[] }[];
}

const gap = 12;
/** Between the lines of neighbouring methods, so that their intervals do not hide each other; pixels. */
const apart = 4;

/** A panel a measure, side by side: a line a method, round by round, with 95 % intervals; each panel has a scale of its own. */
export function roundsChart(
  panels: readonly RoundsPanel[],
  { id = "rounds", width = 720 }: ChartOptions = {},
): string {
  const size = (width - gap * (panels.length - 1)) / Math.max(1, panels.length);
  const legend = (panels[0]?.methods ?? []).map((method) => ({
    label: method.label,
    colour: colourOf(method),
    mark: "line" as const,
    dash: lineStyleAt(method.place.at).dash,
    key: method.place.key,
  }));
  return stacked(
    { id, title: "Accuracy by round", description: describe(panels) },
    [[legendChart(legend, width)], panels.map((panel) => drawPanel(panel, `${id}-${panel.id}`, size))],
    gap,
  );
}

function drawPanel({ title, methods }: RoundsPanel, id: string, width: number): string {
  const rounds = [...new Set(methods.flatMap(({ points }) => points.map(({ round }) => round)))];
  const [first, last] = [Math.min(...rounds), Math.max(...rounds)];
  return renderChart({
    text: { id, title, description: describe([{ id, title, methods }]) },
    width,
    height: 300,
    margins: { top: 28, right: 8, bottom: 40, left: 52 },
    x: {
      label: "round →",
      domain: [first, last],
      ticks: Array.from({ length: last - first + 1 }, (_, at) => first + at),
      tickFormat: "d",
      insetLeft: 14,
      insetRight: 14,
    },
    y: { ...sideAxis(`${title}, %`, 46), nice: true },
    marks: [
      frame(),
      ...methods.flatMap((method, at) => {
        const paint = linePaint(colourOf(method), method.place);
        const place = { x: "round", dx: apart * (at - (methods.length - 1) / 2) };
        const drawn = method.points.map(({ round, value, interval }) => ({
          round,
          ...withEnds(value, interval),
        }));
        return [
          Plot.ruleX(drawn, { ...place, y1: "low", y2: "high", strokeOpacity: 0.45, ...paint }),
          Plot.line(drawn, {
            ...place,
            y: "value",
            strokeWidth: 2,
            strokeDasharray: lineStyleAt(method.place.at).dash,
            ...paint,
          }),
          Plot.dot(drawn, {
            ...place,
            y: "value",
            r: 3,
            ...dotPaint(colourOf(method), method.place),
            title: (point: (typeof drawn)[number]) =>
              pointTitle(`${method.label}, round ${point.round}`)(point),
          }),
        ];
      }),
    ],
  });
}

const describe = (panels: readonly RoundsPanel[]): string =>
  panels
    .flatMap(({ title, methods }) =>
      methods.map(
        ({ label, points }) =>
          `${label}, ${title}: ${points.map(({ round, value }) => `round ${round} ${percent(value)} %`).join(", ")}.`,
      ),
    )
    .join(" ");
