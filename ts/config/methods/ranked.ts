/**
 * The three constraints go by ranks, which right and wrong are too. AFT's have names for ranked feedback beside the
 * plain ones (`ranked-detached`, `ranked-boundary`), which demand it; these are also how ranked AFT is recorded.
 */
import { type Constraint, constraints } from "./entry.ts";

const prefix = "ranked-";

/** Whether the constraint is one of the names for ranked feedback. */
export const isRanked = (constraint: unknown): boolean => String(constraint).startsWith(prefix);

/** What holds the worse COTs back, by either name. */
export const constraintOf = ({ constraint }: { constraint: string }): Constraint =>
  constraints.find((plain) => constraint === plain || constraint === `${prefix}${plain}`)!;

/** The name for ranked feedback, of either name. */
export const rankedName = (constraint: string): string =>
  isRanked(constraint) ? constraint : `${prefix}${constraint}`;
