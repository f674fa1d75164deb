/** @typedef {{ kind: "same" | "added" | "removed", text: string }} Piece */

/** Above so many pairs of words the table would take too long: what differs is then shown whole. */
const mostCells = 4_000_000;

/**
 * What has to be taken from `before` and what put in to make `after`, word by word: a longest common subsequence of words
 * and of the white space between them. The "same" and "removed" pieces joined are `before`, "same" and "added" are `after`.
 * @param {string} before
 * @param {string} after
 * @returns {Piece[]}
 */
export function diffWords(before, after) {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const middle = differing(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return joined([
    { kind: "same", text: a.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: a.slice(a.length - end).join("") },
  ]);
}

/** Words, numbers, single signs, and white space, which together are the text. @param {string} text */
const wordsOf = (text) => text.match(/\s+|[\p{L}\p{M}_]+|\p{N}+(?:[.,]\p{N}+)*|[^\s]/gu) ?? [];

/**
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Piece[]}
 */
function differing(a, b) {
  if (a.length * b.length > mostCells)
    return [
      { kind: "removed", text: a.join("") },
      { kind: "added", text: b.join("") },
    ];
  const width = b.length + 1;
  const common = commonCounts(a, b);
  /** @param {number} i @param {number} j */
  const at = (i, j) => common[i * width + j] ?? 0;
  /** @type {Piece[]} */
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [mine, theirs] = [a[i], b[j]];
    if (mine !== undefined && mine === theirs) {
      pieces.push({ kind: "same", text: mine });
      i++;
      j++;
    } else if (mine !== undefined && (theirs === undefined || at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: "removed", text: mine });
      i++;
    } else {
      pieces.push({ kind: "added", text: theirs ?? "" });
      j++;
    }
  }
  return pieces;
}

/**
 * At i * (b's length + 1) + j: how many words a from i on and b from j on have in common, in this order.
 * @param {string[]} a
 * @param {string[]} b
 */
function commonCounts(a, b) {
  const width = b.length + 1;
  const counts = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const here = i * width + j;
      counts[here] =
        a[i] === b[j]
          ? (counts[here + width + 1] ?? 0) + 1
          : Math.max(counts[here + width] ?? 0, counts[here + 1] ?? 0);
    }
  return counts;
}

/** Neighbours of one kind as one; white space that alone is the same between two changes goes with them. @param {Piece[]} pieces */
function joined(pieces) {
  /** @type {Piece[]} */
  const out = [];
  let removed = "";
  let added = "";
  const flush = () => {
    if (removed !== "") out.push({ kind: "removed", text: removed });
    if (added !== "") out.push({ kind: "added", text: added });
    removed = added = "";
  };
  for (const [at, { kind, text }] of pieces.entries()) {
    if (text === "") continue;
    if (kind === "removed") removed += text;
    else if (kind === "added") added += text;
    else if (text.trim() === "" && removed !== "" && added !== "" && changes(pieces[at + 1])) {
      removed += text;
      added += text;
    } else {
      flush();
      const last = out.at(-1);
      if (last?.kind === "same") last.text += text;
      else out.push({ kind, text });
    }
  }
  flush();
  return out;
}

/** @param {Piece | undefined} piece */
const changes = (piece) => piece !== undefined && piece.kind !== "same" && piece.text !== "";
