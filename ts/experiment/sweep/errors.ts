import { AftError, show } from "../../core/errors.ts";

/** For the list of cells that failed: what is wrong, where, and what was found there. */
export function errorInOneLine(error: unknown): string {
  if (!(error instanceof AftError)) return `a bug in aft: ${firstLine(String(error))}`;
  const [first, ...others] = error.problems;
  const { what, where, found } = first!;
  const text = firstLine(where === undefined ? what : `${where}: ${what}`);
  return [
    text,
    found === undefined ? "" : ` (found: ${show(found)})`,
    others.length === 0 ? "" : ` (and ${others.length} more)`,
  ].join("");
}

export const errorInFull = (error: unknown): string =>
  error instanceof AftError
    ? error.message
    : `this is a bug in aft, please report it:\n${error instanceof Error ? error.stack : String(error)}`;

const firstLine = (text: string): string => text.split("\n", 1)[0]!;
