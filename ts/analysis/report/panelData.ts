/** What the charts of shares by score, place, steps and samples draw. */
import type { ConsistencyCurves } from "../charts/consistency.ts";
import type { Panel, PanelPoint } from "../charts/panels.ts";
import type { Share } from "../measure/schema.ts";
import { familyPlaces } from "./family.ts";
import type { RunSummary } from "./schema.ts";

/** A method's panel, and that of the method which the others are seen against. */
export interface Panels {
  panels: Panel[];
  reference: Panel | undefined;
}

export const reliabilityPanels = (summary: RunSummary): Panels =>
  against(
    summary,
    "kept",
    (summary.reliability ?? [])
      .filter(({ byScore }) => byScore.length > 0)
      .map(({ name, label, byScore }) => ({
        name,
        label,
        points: byScore.map((bin) => pointOf(String(bin.bin), bin)),
      })),
  );

export const rankPanels = (summary: RunSummary): Panels =>
  against(
    summary,
    "kept",
    (summary.reliability ?? [])
      .filter(({ byRank }) => byRank.length > 0)
      .map(({ name, label, byRank, any }) => ({
        name,
        label,
        points: byRank.map((one) => pointOf(String(one.rank), one)),
        level: any.value,
      })),
  );

export function difficultyPanels(summary: RunSummary): Panels {
  const bins = summary.difficulty?.bins ?? [];
  const methods = (bins[0]?.methods ?? []).map(({ name, label }, at) => ({
    name,
    label,
    points: bins.flatMap((bin): PanelPoint[] => {
      const { value, interval } = bin.methods[at]!.accuracy;
      return value === null ? [] : [{ at: stepsText(bin), value, interval }];
    }),
  }));
  return against(summary, "continued", methods);
}

export function consistencyCurves({ selfConsistency, methods }: RunSummary): ConsistencyCurves[] {
  const places = familyPlaces(methods);
  return (selfConsistency?.methods ?? [])
    .filter(({ curves }) => curves.pass.length > 0)
    .map(({ name, label, curves, decodings }) => ({
      label,
      place: places.get(name),
      curves,
      greedy: decodings.find(({ decoding }) => decoding === "greedy")?.accuracy.value ?? null,
    }));
}

/** `3` or `3–5`. */
export const stepsText = ({ from, to }: { from: number; to: number }): string =>
  from === to ? String(from) : `${from}–${to}`;

const pointOf = (at: string, { value, interval }: Share): PanelPoint => ({ at, value: value!, interval });

function against(
  { methods }: RunSummary,
  role: "kept" | "continued",
  panels: readonly (Panel & { name: string })[],
): Panels {
  const places = familyPlaces(methods);
  const reference = methods.find((method) => method.role === role)?.name;
  return {
    panels: panels.map(({ name, ...panel }) => ({ ...panel, place: places.get(name) })),
    reference: panels.find(({ name }) => name === reference),
  };
}
