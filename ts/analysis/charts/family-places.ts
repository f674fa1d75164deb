import {
  methods as catalogue,
  constraintOf,
  entryOf,
  type GroupMethodKind,
  groupMethodKinds,
  isRanked,
} from "../../config/index.ts";
import type { MethodInfo } from "../run/run-data.ts";

/** Methods of one kind of loss. */
export type FamilyName = GroupMethodKind | "baseline";

/** How a method is told from the others of its family: the shade and the dash of its lines. */
export interface FamilyPlace {
  family: FamilyName;
  at: number;
  /** The class of all that is drawn of it alone, by which a page can hide it. */
  key?: string;
}

/** In the order in which families stand in charts. */
export const familyOrder: readonly FamilyName[] = [...groupMethodKinds, "baseline"];

export const familyTitle = (family: FamilyName): string =>
  family === "baseline" ? "Baselines" : catalogue[family].title;

/** The same constraint has the same place in every family, unless another method has it already. */
const places = { none: 0, detached: 1, boundary: 2 };

/** Its family, and the place that it takes there when it is free. */
function wanted({ method, settings }: Pick<MethodInfo, "method" | "settings">): FamilyPlace {
  const entry = entryOf(method);
  if (entry.kind === "baseline") return { family: "baseline", at: entry.place };
  const constraint = String(settings.constraint);
  // Methods recorded by their ranked names stand in the order in which they are given.
  const at = isRanked(constraint) ? 0 : places[constraintOf({ constraint })];
  return { family: method as GroupMethodKind, at };
}

export function familyPlaces(
  methods: readonly Pick<MethodInfo, "name" | "method" | "settings">[],
): Map<string, FamilyPlace> {
  const taken = new Map<string, FamilyPlace>();
  for (const method of methods) {
    const place = wanted(method);
    const isTaken = () =>
      [...taken.values()].some(({ family, at }) => family === place.family && at === place.at);
    while (isTaken()) place.at++;
    taken.set(method.name, { ...place, key: `m${taken.size + 1}` });
  }
  return taken;
}
