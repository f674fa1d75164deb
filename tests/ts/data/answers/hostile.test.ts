/** Texts put together at random from all that means something to the rules: none may end a rule, and what is read must stand in its reading. */
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../../ts/core/random.ts";
import {
  anyNumber,
  choiceRule,
  extractNumber,
  gsm8kNumber,
  normalRational,
} from "../../../../ts/data/answers/index.ts";

const pieces = [
  ..."0 1 5 42 007 1,000 1.5 ½ 2¾ ٤٢ １８ 10^5 ⁵ ² e3 % $ € ° √ π ∞ ± – — − - + * ** / × = ≈ < > ( ) [ ] { } | ! ? . ... , ; :".split(
    " ",
  ),
  ..."\\frac \\frac{3}{4} \\frac34 \\boxed{ \\fbox{ \\text{ \\sqrt{2} \\pi \\, \\! \\( \\] \\\\ ^ ^{ ^{2} _ ~ & # `".split(
    " ",
  ),
  ..."#### answer Answer: answer\u00a0is ans <answer> </answer> <think> </think> Question: Q: <b> </b> &nbsp; <<3*4=12>> B (C) A) option correct".split(
    " ",
  ),
  ..."or and to of for is not than million thousand k dozen half two hundred twelve negative minus x apples km 千 是 é \u0301 \u200b \ud800 🍎".split(
    " ",
  ),
  ...[" ", " ", " ", " ", "\n", "\n\n", "\u00a0", "\u202f", "\t"],
];

describe("texts of random pieces", () => {
  it("are read by every rule, and an answer is its own reading", () => {
    const random = randomFrom("hostile answers", 1);
    let read = 0;
    for (let round = 0; round < 1500; round++) {
      const text = Array.from(
        { length: random.int(1, 14) },
        () => pieces[random.int(0, pieces.length - 1)],
      ).join("");
      for (const mode of ["strict", "flexible"] as const) {
        const { answer, noAnswer, unread } = anyNumber.read(text, mode);
        if (answer === null) expect(["not found", "unparsed", "ambiguous"], text).toContain(noAnswer);
        else expect([noAnswer, unread, normalRational(answer)], text).toEqual([undefined, undefined, answer]);
        if (answer !== null) read++;
        expect(gsm8kNumber.read(text, mode).answer, text).toBe(extractNumber(text, mode));
        expect(choiceRule.read(text, mode).answer ?? "A", text).toMatch(/^[A-E]$/);
      }
      const cell = anyNumber.readCell(text).answer;
      if (cell !== null) expect(normalRational(cell), text).toBe(cell);
    }
    expect(read).toBeGreaterThan(100);
  });

  it("say the same of a number wherever white space and marks of emphasis stand around it", () => {
    const random = randomFrom("wrapped answers", 1);
    for (let round = 0; round < 300; round++) {
      const number = String(random.int(-2000, 2000) / [1, 2, 4, 10][random.int(0, 3)]!);
      const [before, after] = [
        ["", ""],
        ["**", "**"],
        ["$", "$"],
        ["\\(", "\\)"],
        ["`", "`"],
        [" ", "  "],
      ][random.int(0, 5)]!;
      for (const text of [
        `#### ${before}${number}${after}`,
        `\\boxed{${before}${number}${after}}`,
        `The answer is ${before}${number}${after}.`,
      ])
        expect(anyNumber.extract(text, "flexible"), text).toBe(number);
    }
  });
});
