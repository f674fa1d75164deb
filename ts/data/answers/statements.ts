/** Where a text names the letter of an option, and how strongly. Linear in the text: every look ahead is bounded. */

/** stated: said to be the answer. alone: the text ends in the letter. named: an option is spoken of. */
export type Strength = "stated" | "alone" | "named";

export interface Stated {
  /** Undefined: several letters, which are no answer. */
  letter: string | undefined;
  at: number;
  strength: Strength;
  /** What is said, as it is written. */
  said: string;
}

/** Words that an answer's letter follows. `####`, `\boxed{` and `<answer>` too, which need no word. */
const introductions =
  /#### ?|\\(?:f?boxed|fbox)\s?\{|<final[ _-]?answer>|答案|(?<!<\/)\b(?:answer|ans|choose|choosing|pick|picking|select|selecting|mark|go with|going with|(?:correct|right|best|proper) (?:option|choice|alternative))\b|\b(?:hence|therefore|thus|so)\b,?|[∴⇒]|[=-]>|\b(?:option|choice|alternative)\b/gi;

/** What may stand between such a word and its letter, piece by piece. */
const connector =
  /\s+|[-–—:=>.,*_"'`$~“”‘’«是为]|\\(?:text|textbf|mathrm|mathbf)\s?\{|(?:is|are|was|be|would|will|should|must|has|to|the|this|option|options|choice|alternative|letter|answer|answers|correct|right|best|final|given|therefore|thus|hence|clearly|definitely|indeed|by|as)\b/iy;
const mostConnectors = 16;

const letterThere = /([([{]\s?)?([A-Za-z])(?![A-Za-z\d'’])(\s?[)\]}]|\*\*|[.:,;!?"”»])?/y;

/** Every letter that is named, in the order of the text. */
export function lettersFound(text: string, letters: ReadonlySet<string>): Stated[] {
  const alone = aloneAtEnd(text, letters);
  const statements = [
    ...introduced(text, letters),
    ...judged(text, letters),
    ...[alone ?? optionLine(text, letters)].filter((one) => one !== undefined),
  ];
  return statements.sort((a, b) => a.at - b.at);
}

function* introduced(text: string, letters: ReadonlySet<string>): Generator<Stated> {
  for (const { index, 0: word } of text.matchAll(introductions)) {
    const { end, words, isHeading } = skipConnectors(text, index + word.length);
    const isNamed = /(?:option|choice|alternative|letter)\W*$/i.test(text.slice(index, end));
    const letter = letterAt(text, end, letters, isNamed);
    if (letter === undefined || isTakenBack(text, letter.end)) continue;
    if (isHeading && !letter.closed) continue;
    if (isSupposed(text.slice(Math.max(0, index - 40), index), word)) continue;
    const strength = strengthOf(word, words, letter);
    const said = text.slice(index, letter.end + (letter.isSeveral ? 20 : 0));
    if (strength !== undefined)
      yield { letter: letter.isSeveral ? undefined : letter.letter, at: index, strength, said };
  }
}

/** `if the answer was A`, `one might choose A`: not what is held to be right. */
const isSupposed = (before: string, word: string): boolean =>
  /\b(?:if|unless|whether|assum(?:e|ing)|suppos(?:e|ing)|is)\s+(?:that\s+)?(?:(?:the|my|our)\s+)?(?:(?:correct|right|final)\s+)?$/i.test(
    before,
  ) ||
  (/^(?:cho|pick|sel|mark|go)/i.test(word) &&
    /\b(?:might|may|could|people|students|one|they|some|don['’]t|not|never|tempt\w+)\b[^.\n]{0,20}$/i.test(
      before,
    ));

/** `hence` says something of a letter that ends its clause, an option that is spoken of nothing for certain. */
function strengthOf(word: string, between: string, letter: Letter): Strength | undefined {
  if (/^(?:option|choice|alternative)$/i.test(word))
    return /\b(?:is|was|be)\b|[:=]/i.test(between) && !/\bis\b.*\bby\b/i.test(between) ? "stated" : "named";
  if (/^(?:hence|therefore|thus|so)\b|^[∴⇒]$|^[=-]>$/i.test(word))
    return letter.enclosed || letter.closed || /option|choice|answer/i.test(between) ? "stated" : undefined;
  return "stated";
}

function skipConnectors(text: string, from: number): { end: number; words: string; isHeading: boolean } {
  let end = from;
  let isHeading = false;
  for (let count = 0; count < mostConnectors; count++) {
    connector.lastIndex = end;
    const piece = connector.exec(text)?.[0];
    if (piece === undefined) break;
    // A blank line ends what was being said, but after a heading: `**Answer:**`.
    if (/\n\s*\n/.test(piece.slice(0, 50))) {
      if (isHeading || !/^[*_]*:[*_ ]*$/.test(text.slice(from, end))) break;
      isHeading = true;
    }
    end += piece.length;
  }
  return { end, words: text.slice(from, end), isHeading };
}

interface Letter {
  letter: string;
  end: number;
  /** In brackets. */
  enclosed: boolean;
  /** Something ends it: a bracket, a stop, the end of its line. */
  closed: boolean;
  /** Another letter stands beside it. */
  isSeveral: boolean;
}

/** Words that come after a letter, and never after the article. */
const afterLetter =
  /^\s+(?:is|was|as|because|since|and|or|which|with|for|so|that|but|here|from|by|due|given|where|if|in|the|are|we|it|only|hope|thanks|explanation|reason|note|I|none|all|both)\b|^\s+[^A-Za-z]|^[^\sA-Za-z]/;

/** `isNamed`: the word option, or one like it, stands right before. */
function letterAt(
  text: string,
  at: number,
  letters: ReadonlySet<string>,
  isNamed: boolean,
): Letter | undefined {
  letterThere.lastIndex = at;
  const match = letterThere.exec(text);
  if (match === null) return undefined;
  const [whole, open, written, close] = match;
  const letter = written!.toUpperCase();
  if (!letters.has(letter)) return undefined;
  // `x` of `(x + 3)`: a bracket that is not closed after it.
  const enclosed = open !== undefined && /[)\]}]/.test(close ?? "");
  const end = at + whole.length;
  const closed = close !== undefined || /^[ \t]*(?:\n|$|<[/|])/.test(text.slice(end, end + 40));
  const beside = text
    .slice(at + whole.length - (close?.length ?? 0), end + 60)
    .replaceAll(/\\text\w*\s?\{|[{}$\\]/g, " ");
  if (isJoined(beside, letters)) return { letter, end, enclosed, closed, isSeveral: true };
  if (open !== undefined && !enclosed) return undefined;
  // `Is the answer A?`
  if (close?.trim() === "?") return undefined;
  if (enclosed || closed) return { letter, end, enclosed, closed: true, isSeveral: false };
  const rest = text.slice(at + (open?.length ?? 0) + 1, at + 40);
  // `a man`, `Vitamin C deficiency`, `B minor`
  if (written === "a" || written === "I" || !(isNamed || afterLetter.test(rest))) return undefined;
  // `answer is b + c`, `the answer = D/2`: a letter that is reckoned with.
  if (
    /^\s*(?:[-+/^=×÷<>²³√%#]|\*(?![*\s.,]|$))/.test(rest) &&
    !/^\s+[-–—]\s/.test(rest) &&
    !/^\s*=>/.test(rest)
  )
    return undefined;
  if (written === letter.toLowerCase() && !/^\s*(?:$|\n|is\b|because\b|since\b|as\b)/.test(rest))
    return undefined;
  return { letter, end, enclosed, closed: false, isSeveral: false };
}

const joint =
  /^\s?[)\]}*_"]{0,3}\s{0,3}(?:(?:[,;]\s{0,3})?(and\/or|or|and|&|\/|\+|\|)\s{0,3}|[,;]\s{0,3}|\s)(?:(?:option|choice)\s)?[*_"]{0,3}[([{]?([A-Za-z])(?![A-Za-z\d'’])(.{0,12})/is;

/** `B or C`, `(A), (B)`, `A B`; not `A, B is too small`. */
function isJoined(beside: string, letters: ReadonlySet<string>): boolean {
  const [, word, other = "", rest = ""] = joint.exec(beside) ?? [];
  if (!letters.has(other.toUpperCase())) return false;
  if (word !== undefined) return !/^[aI]$/.test(other);
  return /[A-Z]/.test(other) && /^\s?[)\]}.*_"]{0,4}\s*(?:$|[\n,;<]|or\b|and\b|are\b)/.test(rest);
}

const option = /^[ \t]*[*_]{0,2}[([]?([A-Za-z])([).:\]])[*_)]{0,3}[ \t]+(?=\S)/gm;

/** The one line that is an option as questions list them, where it is the text or ends it: `B) 18 km`. */
function optionLine(text: string, letters: ReadonlySet<string>): Stated | undefined {
  const lines = [...text.matchAll(option)];
  const [line] = lines;
  const letter = line?.[1]?.toUpperCase();
  if (line === undefined || lines.length > 1 || letter === undefined || !letters.has(letter))
    return undefined;
  const rest = text.slice(line.index).trimEnd();
  if (rest.includes("\n") || (line[2] === "." && /^[a-z]/.test(line[1]!)) || isListed(rest)) return undefined;
  return { letter, at: line.index, strength: "alone", said: rest };
}

/** `A) 12 B) 18` */
const isListed = (line: string): boolean => /\S\s+[([]?[A-Za-z][).\]]\s/.test(line);

/** `(B) is wrong`, `B cannot be`. */
const isTakenBack = (text: string, end: number): boolean =>
  !/^\s*\(\s?not\b/i.test(text.slice(end, end + 40)) &&
  /^\W{0,4}(?:is|are|was|seems|cannot|can't|can not|can|isn't|does not|doesn't|does|would be|would|will)?\s?(?:not|never|wrong|incorrect|false|cannot|can't|isn't|ruled out|eliminated|excluded|impossible|too (?:large|small|big|high|low))\b/i.test(
    text.slice(end, end + 40),
  );

/** `B is the correct answer`, `(c) is right`. */
const verdict =
  /(?<![A-Za-z\d])[([]?([A-Za-z])[)\].:*]{0,3} (?:is|must be|would be|should be) (?:(?:the|therefore|thus|hence|clearly|indeed|our) ){0,2}(?:(?:correct|right|best|final|proper|required) ?){1,2}(?:answer|option|choice|one)?\b|(?<![A-Za-z\d])[([]?([A-Za-z])[)\].:*]{0,3} must be true\b|(?<![A-Za-z\d])[([]?([A-Za-z])[)\].:*]{0,3} is (?:the|our) (?:answer|option|choice)\b/g;

function* judged(text: string, letters: ReadonlySet<string>): Generator<Stated> {
  for (const { index, 0: whole, 1: right, 2: holding, 3: chosen } of text.matchAll(verdict)) {
    const written = (right ?? holding ?? chosen)!;
    const letter = written.toUpperCase();
    if (!letters.has(letter) || (/^[aI]$/.test(written) && !/^[([]/.test(whole))) continue;
    yield { letter, at: index, strength: "stated", said: whole };
  }
}

/** The last line is a letter, or the text ends in one: `(C)`, `**B**`, `so it is B.` */
function aloneAtEnd(text: string, letters: ReadonlySet<string>): Stated | undefined {
  const end = text.trimEnd();
  const tail = end.slice(-40);
  const match =
    /(?:^|\s|\d ?=|>>)[([*_"'$]{0,4}\(?([A-Z])[)\]*_"'$.:!]{0,5}$/.exec(tail) ??
    /(?:^|[\s])[([*_]{0,4}\(([a-z])\)[*_.!]{0,4}$/.exec(tail) ??
    /(?:^|\n)[ \t]*[([*_]{0,4}([a-z])[)\]*_.]{0,4}$/.exec(tail.length < end.length ? tail.slice(1) : tail);
  const letter = match?.[1]?.toUpperCase();
  if (letter === undefined || !letters.has(letter) || isReckoned(tail)) return undefined;
  // `A, B`, `A B`
  const other = /(?<![A-Za-z'’])([A-Z])[)\]*_"'$]{0,3}(?:\s?[,;]\s?|\s)[([*_"'$]{0,4}[A-Z]\W*$/.exec(
    tail,
  )?.[1];
  if (other !== undefined && letters.has(other))
    return { letter: undefined, at: end.length, strength: "alone", said: tail };
  return isLedTo.test(tail) ? { letter, at: end.length, strength: "alone", said: tail } : undefined;
}

/** What a letter that stands alone comes after; `Vitamin C` and `point B` name something else. */
const isLedTo =
  /(?:^\W*|\n\W*|[.:,;=>!?)\]}–—-]\s*|\b(?:is|are|was|be|it['’]s|that['’]s|gets?|got|gives?|gave|have|had|so|thus|hence|therefore|then|answers?|ans|options?|choices?|letter|choose|chose|pick|select|say|with|means|namely|obtain|find|found|mark|but)\s+)["'([*_$]{0,5}[A-Za-z]\W*$/i;

/** `x + B`, `not B`, `A or B`: not a letter that stands alone. */
const isReckoned = (tail: string): boolean =>
  /(?:[-+/^×÷<]|(?<!>)>|[A-Za-z)\]]\s?=|(?<!\*)\*(?!\*))\s?[A-Za-z]\W*$/.test(tail) ||
  /(?:\b(?:not|never|cannot|or|and|nor|to)|n['’]t|&)(?: be)?\s+\W{0,3}[A-Za-z]\W*$/i.test(tail);
