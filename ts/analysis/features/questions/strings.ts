/** A list in which each text stands once; `place` gives where. */
export interface Strings {
  list: string[];
  place(text: string): number;
  place(text: string | null | undefined): number | null;
}

export function uniqueStrings(): Strings {
  const list: string[] = [];
  const places = new Map<string, number>();
  const place = (text: string | null | undefined): number | null => {
    if (text === null || text === undefined) return null;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, list.length);
    return list.push(text) - 1;
  };
  return { list, place: place as Strings["place"] };
}

/**
 * JSON that may stand inside a <script> element and in a script of its own: with every `<` escaped nothing in it can end or
 * nest the element, and the two line ends that JSON allows in strings and old scripts do not are escaped as well.
 */
export const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => escapes[character]!);

const escapes: Record<string, string> = { "<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029" };

/** What all texts begin with and what, after that, all end with: the words of a template. */
export function commonEnds(texts: readonly string[]): [start: string, end: string] {
  const [first = "", ...rest] = texts;
  let start = first.length;
  let end = first.length;
  for (const text of rest) {
    let at = 0;
    while (at < start && at < text.length && text[at] === first[at]) at++;
    start = at;
  }
  for (const text of texts) {
    const most = Math.min(end, text.length - start);
    let at = 0;
    while (at < most && text[text.length - 1 - at] === first[first.length - 1 - at]) at++;
    end = at;
  }
  return [first.slice(0, start), end === 0 ? "" : first.slice(-end)];
}
