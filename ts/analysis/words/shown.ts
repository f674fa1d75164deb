/** How words that need telling are shown: each with its meaning under the pointer, and all in a line that everybody sees. */
import { type Block, hint, type Inline, inWords, styled } from "../document/blocks.ts";
import { methodTerms, type Term, termsOf } from "./terms.ts";

type Told = Parameters<typeof termsOf>[0];

/** Every term in few words, one after the other. */
export const wordsOf = (methods: Told, areCompared?: boolean): Block =>
  inWords(brief(termsOf(methods, areCompared)));

/** The methods' names likewise, as text. */
export const methodWords = (methods: Told): string =>
  `${brief(methodTerms(methods))
    .map((entry) => entry.join(": "))
    .join(". ")}.`;

const brief = (terms: readonly Term[]): [term: string, brief: string][] =>
  terms.flatMap(({ term, brief: words }): [string, string][] => (words === undefined ? [] : [[term, words]]));

/** The same text, in which every known term bears its meaning; parts of other words are none. */
export function withHints(text: string, methods: Told, areCompared?: boolean): Inline {
  const meanings = new Map(
    termsOf(methods, areCompared).flatMap(({ term, also = [], brief: words, meaning = words }) =>
      [term, ...also].map((name) => [name.toLowerCase(), meaning!]),
    ),
  );
  const names = [...meanings.keys()].sort((a, b) => b.length - a.length).map(escaped);
  // Of a match and what stands between two: the odd ones are terms. "COTs" and "significantly" are terms, too.
  const pieces = text
    .split(new RegExp(`(?<![\\p{L}\\d])((?:${names.join("|")})(?:s|ly)?)(?![\\p{L}\\d])`, "iu"))
    .map((piece, at) => (at % 2 === 0 ? piece : hint(piece, meanings.get(nameIn(piece, meanings))!)));
  return unbroken(pieces);
}

/** Every other piece is a term. No line ends within `AFT-BC`, which is two, or within an interval. */
function unbroken(pieces: readonly Inline[]): Inline[] {
  const shown: Inline[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at]!;
    if (typeof piece === "string")
      shown.push(
        ...piece
          .split(/(\[[−+\d][^[\]]{0,20}\])/u)
          .map((part, place) => (place % 2 === 0 ? part : styled("together", part))),
      );
    else if (pieces[at + 1] === "-") {
      shown.push(styled("together", ...pieces.slice(at, at + 3)));
      at += 2;
    } else shown.push(piece);
  }
  return shown;
}

const nameIn = (part: string, meanings: ReadonlyMap<string, string>): string =>
  [part, part.replace(/s$/i, ""), part.replace(/ly$/i, "")]
    .map((name) => name.toLowerCase())
    .find((name) => meanings.has(name))!;

/** A method is called as its user likes. A hyphen is left: escaped, it is an error in an expression with flag u. */
const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
