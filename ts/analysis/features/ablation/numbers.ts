import { points } from "../../format.ts";
import type { MethodSummary, RunSummary } from "../../generated/report.ts";
import { type Constraint, constraintOf, constraints, familyOf } from "../../run/roles.ts";

/** One loss with each constraint; a cell holds every method of the kind, as in a sweep of beta. */
export interface AblationRow {
  family: string;
  cells: Record<Constraint, MethodSummary[]>;
}

/**
 * Is the constraint what matters? Losses by constraints; null unless at least two losses were trained with at least
 * two constraints each and there is a continued VFT to compare with.
 */
export function ablationOf({ methods }: RunSummary): AblationRow[] | null {
  const rows = new Map<string, AblationRow>();
  for (const method of methods) {
    const family = familyOf(method);
    const constraint = constraintOf(method);
    if (family === undefined || constraint === undefined) continue;
    const row = rows.get(family) ?? { family, cells: { none: [], detached: [], boundary: [] } };
    rows.set(family, row);
    row.cells[constraint].push(method);
  }
  const kinds = ({ cells }: AblationRow): number =>
    constraints.filter((constraint) => cells[constraint].length > 0).length;
  const comparable = [...rows.values()].filter((row) => kinds(row) >= 2).length >= 2;
  return comparable && methods.some(({ role }) => role === "continued") ? [...rows.values()] : null;
}

/** What each constraint adds to its loss, in words; only losses with one method of each kind. Not tested themselves. */
export function constraintEffects(rows: readonly AblationRow[]): string {
  const accuracyOf = (methods: readonly MethodSummary[]): number | null =>
    methods.length === 1 ? methods[0]!.metrics.accuracy.value : null;
  const effects = rows.flatMap(({ family, cells }) => {
    const without = accuracyOf(cells.none);
    const parts = (["detached", "boundary"] as const).flatMap((constraint) => {
      const value = accuracyOf(cells[constraint]);
      return without === null || value === null
        ? []
        : [`${points(value - without)} (${constraint === "detached" ? "DC" : "BC"})`];
    });
    return parts.length === 0 ? [] : [`${family} ${parts.join(" and ")}`];
  });
  return effects.length === 0
    ? ""
    : `With a constraint minus without, points of greedy accuracy: ${effects.join("; ")}. These differences are not tested themselves: what is tested are those to continued VFT.`;
}
