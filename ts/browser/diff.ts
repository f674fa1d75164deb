import { diffArrays } from "diff";

export interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

/** With so many words to take out and put in it would take too long: what differs is then shown whole. */
const maxEditLength = 1500;

/**
 * What has to be taken from `before` and what put in to make `after`, word by word. The "same" and "removed" pieces joined are
 * `before`, "same" and "added" are `after`.
 */
export function diffWords(before: string, after: string): Piece[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  const changes = diffArrays(a, b, { maxEditLength });
  if (changes === undefined) return wholeDifference(a, b);
  return joined(
    changes.map(({ added, removed, value }) => ({
      kind: added ? "added" : removed ? "removed" : "same",
      text: value.join(""),
    })),
  );
}

/** Words, numbers with their commas and decimals, single signs, and white space, which together are the text. */
const wordsOf = (text: string): string[] =>
  text.match(/\s+|[\p{L}\p{M}_]+|\p{N}+(?:[.,]\p{N}+)*|[^\s]/gu) ?? [];

/** All between what the two begin and end with. */
function wholeDifference(a: string[], b: string[]): Piece[] {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const piece = (kind: Piece["kind"], words: string[]): Piece => ({ kind, text: words.join("") });
  return [
    piece("same", a.slice(0, start)),
    piece("removed", a.slice(start, a.length - end)),
    piece("added", b.slice(start, b.length - end)),
    piece("same", a.slice(a.length - end)),
  ].filter(({ text }) => text !== "");
}

/** Neighbouring changes as one; white space that alone is the same between two changes goes with them. */
function joined(pieces: Piece[]): Piece[] {
  const result: Piece[] = [];
  let [removed, added] = ["", ""];
  const flush = (): void => {
    if (removed !== "") result.push({ kind: "removed", text: removed });
    if (added !== "") result.push({ kind: "added", text: added });
    [removed, added] = ["", ""];
  };
  for (const [at, piece] of pieces.entries()) {
    const { kind, text } = piece;
    const between = text.trim() === "" && removed !== "" && added !== "" && at + 1 < pieces.length;
    if (kind === "removed" || between) removed += text;
    if (kind === "added" || between) added += text;
    if (kind !== "same" || between) continue;
    flush();
    result.push(piece);
  }
  flush();
  return result;
}
