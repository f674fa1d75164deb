/** One way of writing for signs and spaces that Unicode, HTML and LaTeX write in many, where no meaning is lost. */

/** `&minus;` and the like. */
const entities: Readonly<Record<string, string>> = {
  ...{ nbsp: " ", "#160": " ", thinsp: " ", ensp: " ", emsp: " ", minus: "-", ndash: "-", "#8722": "-" },
  ...{ times: "×", divide: "÷", frac12: "½", frac14: "¼", frac34: "¾", lt: "<", gt: ">", amp: "&" },
  ...{ le: "≤", ge: "≥", pi: "π", radic: "√", quot: '"', "#39": "'", plusmn: "±" },
};

const tag = /<\/?(?:b|i|u|em|strong|span|p|br|div|code|mark|big|small|font|center|td|tr|li)\b[^<>]{0,80}>/gi;

/** What any of the rules below begins with; most answers have none of it. */
const special = /[^\0-\x7f]|[<&\\{]/;

export const plain = (written: string): string => (special.test(written) ? rewritten(written) : written);

export const rewritten = (written: string): string =>
  written
    // GSM8K's own notes: `3*4=<<3*4=12>>12`.
    .replaceAll(/<<[^<>\n]*>>/g, "")
    .replaceAll(/&(#?\w{1,8});/g, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
    .replaceAll(/<sup>([^<>]{1,12})<\/sup>/gi, "^{$1}")
    .replaceAll(tag, " ")
    .replaceAll(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replaceAll(/。/g, ". ")
    .replaceAll(/\u00ad|[\u200b-\u200f]|\u2060|[\ufe0e\ufe0f]|\ufeff/g, "")
    .replaceAll(/[−–‐‑‒﹣➖˗]/g, "-")
    .replaceAll(/\{,\}/g, ",")
    .replaceAll(/\\! ?/g, "")
    .replaceAll(/(?<!\\)\\[,;: ]/g, " ")
    .replaceAll(/\\([$%#_&])/g, "$1")
    .replaceAll(/\{\s?(-?[\d,.]{1,40})\s?\\over\s?(-?[\d,.]{1,40})\s?\}/g, "\\frac{$1}{$2}")
    .replaceAll(otherDigits, (digit) => String(digitValue(digit.codePointAt(0)!)));

/** Digits of other scripts, ten in a row each: Arabic, Persian, Devanagari, Bengali, Thai, mathematical ones. */
const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6];
const otherDigits =
  /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\u{1d7ce}-\u{1d7ff}]/gu;
const digitValue = (code: number): number => code - zeros.findLast((zero) => zero <= code)!;
