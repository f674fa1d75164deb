import { inputError, nearestName } from "../core/errors.ts";
import { oneOf } from "../core/words.ts";

/** Refuses an option of a name that there is not: where no types are checked its default would hold without a word. */
export function checkOptions(options: object, names: readonly string[]): void {
  for (const [name, found] of Object.entries(options))
    if (!names.includes(name))
      throw inputError({
        what: `unknown option "${name}"`,
        found,
        expected: oneOf(names),
        nearest: nearestName(name, names),
      });
}

/** Refuses what counts nothing: a list of that length would be empty. */
export function checkCount(name: string, found: unknown): void {
  if (!Number.isSafeInteger(found) || Number(found) < 1)
    throw inputError({ what: `bad value for ${name}`, found, expected: "a whole number of at least 1" });
}
