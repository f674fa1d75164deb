/** How words that need telling are shown: each with its meaning under the pointer, and all in a line that everybody sees. */
import { type Block, hint, type Inline, inWords } from "../document/blocks.ts";
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
  return text
    .split(new RegExp(`(?<![\\p{L}\\d])((?:${names.join("|")})(?:s|ly)?)(?![\\p{L}\\d])`, "iu"))
    .map((part, at) => (at % 2 === 0 ? part : hint(part, meanings.get(nameIn(part, meanings))!)));
}

const nameIn = (part: string, meanings: ReadonlyMap<string, string>): string =>
  [part, part.replace(/s$/i, ""), part.replace(/ly$/i, "")]
    .map((name) => name.toLowerCase())
    .find((name) => meanings.has(name))!;

/** A method is called as its user likes. A hyphen is left: escaped, it is an error in an expression with flag u. */
const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
