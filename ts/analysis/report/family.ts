import type { FamilyName, Shade } from "../charts/palette.ts";
import type { MethodInfo } from "../run/run-data.ts";

/** How a method is told from the others of its family: the shade and the dash of its lines. */
export interface FamilyPlace {
  family: FamilyName;
  at: number;
}

const families: Record<string, FamilyName> = { aft: "aft", rrhf: "rrhf", pro: "pro", dpo: "dpo" };

export const familyTitles: Record<FamilyName, string> = {
  aft: "AFT",
  rrhf: "RRHF",
  pro: "PRO",
  dpo: "DPO",
  baseline: "Baselines",
};

/** In the order in which families stand in charts. */
export const familyOrder = Object.keys(familyTitles) as FamilyName[];

export const familyOf = ({ method }: Pick<MethodInfo, "method">): FamilyName =>
  families[method] ?? "baseline";

/** The same constraint has the same place in every family, unless another method has it already. */
const wanted: Record<string, number> = { none: 0, detached: 1, boundary: 2, vft: 0, rft: 1, keep: 2 };

export function familyPlaces(
  methods: readonly Pick<MethodInfo, "name" | "method" | "settings">[],
): Map<string, FamilyPlace> {
  const places = new Map<string, FamilyPlace>();
  for (const { name, method, settings } of methods) {
    const family = familyOf({ method });
    const taken = [...places.values()].filter((place) => place.family === family).map(({ at }) => at);
    let at = wanted[String(settings.constraint ?? method)] ?? 0;
    while (taken.includes(at)) at++;
    places.set(name, { family, at });
  }
  return places;
}

export const shadeOf = (at: number): Shade => (at % 3) as Shade;
