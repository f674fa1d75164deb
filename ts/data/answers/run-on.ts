/** Where a text goes on to a question of its own after its answer, as models without an end do. */

/** Tokens that end a text, written out. */
const endings = /<\/?s>|<eos>|<\|(?:im_end|end|eot_id|endoftext|end_of_text)\|>/gi;

/** A line up to such a token. */
export const withoutEnding = (line: string): string => line.split(endings, 1)[0]!;

/** A line that opens a question: `Question: ...`, `**Problem 2.** ...`, `Q: ...`; another turn of a chat. */
const opening =
  /(?:^|\n)[ \t>*_#-]*(?:(?:(?:new|next|another)[ \t])?(?:question|problem|exercise|puzzle|query|instruction|example|task|human|user|q)[ \t]?(?:#?\d{1,4}|[a-z])?[ \t]?[*_]{0,3}[:：.)]|\[INST\]|<\|(?:im_start\|>[ \t]?)?user)/gi;

/** Of the text that was asked for last: it is asked for more than once, by each rule. */
let known: { text: string; openings: readonly number[] } = { text: "", openings: [] };

/** The places at which a question opens, or the text ends by its token, but for one that the text begins with. */
export function openings(text: string): readonly number[] {
  if (known.text !== text) known = { text, openings: openingsOf(text) };
  return known.openings;
}

function openingsOf(text: string): number[] {
  const begin = text.length - text.trimStart().length;
  return [...text.matchAll(opening), ...text.matchAll(endings)]
    .map(({ index }) => index)
    .filter((at) => at > begin)
    .sort((a, b) => a - b);
}

/** Words in a line from which on, with a question mark at its end, it may be another question. */
const mostWordsAside = 7;

/** Whether between two answers something is asked that may be another question: no aside such as "Is that right?". */
export const asksAgain = (between: string): boolean =>
  between
    .split("\n")
    .slice(1)
    .some(
      (line) =>
        line.trimEnd().endsWith("?") &&
        line.trim().split(/\s+/).length > mostWordsAside &&
        !/^\W*(?:wait|hmm+|but|hold|no|actually|so|is (?:that|this|it)|let|or)\b/i.test(line),
    );

/** The place after which a question and its options were listed, the first two at least; undefined where none were. */
export function optionsListed(text: string, from: number): number | undefined {
  const asked = text.indexOf("?", from);
  if (asked < 0) return undefined;
  let at = asked;
  for (const letter of ["A", "B"]) {
    const mark = new RegExp(`\\s[([]?${letter}[).:\\]]\\s`, "g");
    mark.lastIndex = at;
    const match = mark.exec(text);
    if (match === null) return undefined;
    at = match.index + match[0].length - 1;
  }
  return at;
}

/** Whether a line begins here, as that of a question's answer does. */
export const beginsLine = (text: string, at: number): boolean =>
  /(?:^|\n)[ \t>*_#-]*$/.test(text.slice(Math.max(0, at - 20), at));

/** The line, from 1, of places that are asked for in the order of the text. */
export function lineCounter(text: string): (at: number) => number {
  let [line, next] = [1, text.indexOf("\n")];
  return (at) => {
    for (; next >= 0 && next < at; next = text.indexOf("\n", next + 1)) line++;
    return line;
  };
}

/** The place after what a model thought to itself, where something stands after it: only that is what it says. */
export function afterThinking(text: string): number {
  const end = /<\/(?:think|thinking|reasoning|thought)>/gi;
  let from = 0;
  for (const { index, 0: tag } of text.matchAll(end)) from = index + tag.length;
  return text.slice(from).trim() === "" ? 0 : from;
}
