/** Where a text goes on to a question of its own after its answer, as models without an end do. */

/** A line that opens a question: `Question: ...`, `**Problem 2.** ...`, `Q: ...`, or another turn of a chat. */
const opening =
  /(?:^|\n)[ \t>*_#-]*(?:(?:(?:new|next|another)[ \t])?(?:question|problem|exercise|puzzle|query|instruction|example|task|human|user|q)[ \t]?(?:#?\d{1,4}|[a-z])?[ \t]?[*_]{0,3}[:：.)]|\[INST\]|<\|(?:im_start\|>[ \t]?)?user)/gi;

/** The places at which a question opens, but for one that the text begins with. */
export const openings = (text: string): number[] =>
  [...text.matchAll(opening)].map(({ index }) => index).filter((at) => text.slice(0, at).trim() !== "");

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
