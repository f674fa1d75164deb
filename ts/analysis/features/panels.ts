/** Panels of a chart, one a method, each seen against one of them. */

import { familyPlaces } from "../charts/family-places.ts";
import type { Panel } from "../charts/panels.ts";
import type { RunSummary } from "../generated/report.ts";

export interface Panels {
  panels: Panel[];
  /** Of the method which the others are seen against. */
  reference: Panel | undefined;
}

export function panelsAgainst(
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
