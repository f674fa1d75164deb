import type { Group } from "../../core/records.ts";
import { toPreferenceRows, toRrhfRow, toUnpairedRows } from "../../data/index.ts";

const formats = {
  /** TRL's preference data: `prompt`, `chosen`, `rejected`, a row for each (positive, negative) pair. */
  "trl-preference": (groups: readonly Group[]) => groups.flatMap(toPreferenceRows),
  /** TRL's unpaired preference data: `prompt`, `completion`, `label`. */
  "trl-unpaired": (groups: readonly Group[]) => groups.flatMap(toUnpairedRows),
  /** RRHF's `query`, `responses`, `scores`. */
  rrhf: (groups: readonly Group[]) => groups.map(toRrhfRow),
  /** AFT's own groups. */
  groups: (groups: readonly Group[]) => groups,
} satisfies Record<string, (groups: readonly Group[]) => readonly unknown[]>;

export type ExportFormat = keyof typeof formats;
export const exportFormats = Object.keys(formats) as ExportFormat[];

export const rowsIn = (format: ExportFormat, groups: readonly Group[]): readonly unknown[] =>
  formats[format](groups);
