/** What is left out or sought another way for speed gives what the long way gives, over texts of all kinds of pieces. */
import { expect, test } from "vitest";
import { randomFrom } from "../../../../ts/core/random.ts";
import { normalNumber } from "../../../../ts/data/answers/decimal.ts";
import { extractNumber, numberPatterns } from "../../../../ts/data/answers/gsm8k.ts";
import { firstRules, rules } from "../../../../ts/data/answers/reading/lexer.ts";
import { plain, rewritten } from "../../../../ts/data/answers/reading/plain.ts";
import { numeralAt } from "../../../../ts/data/steps/numerals.ts";

const pieces =
  "= << >> $ € #### \\frac{1}{2} ½ \n x X × − - ** * . , ' ’ {,} \\, \\! ( ) % \\% 1 0 12 1,200 0.50 1e3 _ answer \\boxed{ } &frac12; <sup>2</sup> ² 10^5 x10^3 ５ ٣ 😀 é 数 … ? ~ ≈ → \t \r \v \\times 9:00 15. 007 <b> : ; ! [ ] | @ & < \u00a0"
    .split(" ")
    .concat(" ", "  ");
const random = randomFrom("shortcuts", 1);
const texts = Array.from({ length: 1500 }, () =>
  Array.from({ length: random.int(0, 12) }, () => random.pick(pieces)).join(random.pick(["", "", " "])),
);

const matches = ([pattern]: (typeof rules)[number], text: string, at: number): boolean => {
  pattern.lastIndex = at;
  return pattern.test(text);
};

test("the first rule that can begin with a character is the first of all that matches there", () => {
  const wrong = texts.flatMap((text) =>
    Array.from({ length: text.length }, (_, at) => at)
      .filter((at) => {
        const first = firstRules[text.charCodeAt(at)]?.find((rule) => matches(rule, text, at));
        return first !== undefined && first !== rules.find((rule) => matches(rule, text, at));
      })
      .map((at) => [text, at]),
  );
  expect(wrong).toEqual([]);
  // Each character has one that does match, so that none is passed over.
  const unread = texts.filter((text) =>
    Array.from({ length: text.length }, (_, at) => firstRules[text.charCodeAt(at)]).some(
      (tried, at) => tried !== undefined && !tried.some((rule) => matches(rule, text, at)),
    ),
  );
  expect(unread).toEqual([]);
});

test("a text that is left as it is would not have been changed", () => {
  expect(texts.map(plain)).toEqual(texts.map(rewritten));
});

test("the last number, sought from the end, is the last match of the published pattern", () => {
  const last = (text: string): string | undefined =>
    [...text.matchAll(new RegExp(numberPatterns.flexible, "g"))].at(-1)?.[0];
  const all = [...texts, "-5", "--5", "$", "5-$.", "- 5 ,", "3-4", "1.2.3-", ".,", ". , 7 ."];
  expect(all.map((text) => extractNumber(text, "flexible"))).toEqual(
    all.map((text) => {
      const match = last(text);
      return match === undefined ? null : normalNumber(match);
    }),
  );
});

test("a whole number is read alike before a full stop, a comma and the end", () => {
  for (const number of ["0", "7", "15", "120", "999999999999999"])
    for (const end of ["", ".", ",", ". Then", ", and", ".,", ",x", ".½"])
      expect(numeralAt(`${number}${end}`, 0), end).toEqual(numeralAt(number, 0));
  expect(numeralAt("1,200", 0)?.end).toBe(5);
  expect(numeralAt("1.5", 0)?.value).toMatchObject({ text: "1.5", decimals: 1 });
});
