/** Written steps: a right one is valid or not read, a wrong one is wrong only where nothing about it could mean something else. */
import { describe, expect, it } from "vitest";
import { checkEquationSteps, equations } from "../../../../ts/data/index.ts";

const verdict = (text: string): string => {
  const read = equations(text);
  if (read.length === 0) return "not read";
  return read.every(({ valid }) => valid) ? "valid" : "wrong";
};

/** [what they have in common, right steps, and the same steps with a wrong result, where that is still understood]. */
const rightForms: [string, string[]][] = [
  [
    "thousands by any separator",
    [
      "500 + 500 = 1 000",
      "500 + 500 = 1\u00a0000",
      "500 + 500 = 1\u202f000",
      "500 + 500 = 1'000",
      "500 + 500 = 1’000",
      "500 + 500 = 1_000",
      "500 + 500 = 1\\,000",
      "500 + 500 = 1{,}000",
      "1,00,000 * 2 = 2,00,000",
      "1.000 + 1 = 1.001",
      "1.000,50 + 1 = 1.001,50",
      "2 * 1,5 = 3",
      "1,5 * 2 = 3",
      "600 x 30 = 18 000 watts",
    ],
  ],
  [
    "fractions and mixed numbers",
    [
      "7/2 = 3 1/2 hours",
      "2 1/2 * 4 = 10",
      "2½ * 4 = 10",
      "5 / 2 = 2½",
      "5 / 2 = 2 ½",
      "½ * 4 = 2",
      "5 - 1 - 1/2 = 3 1/2",
      "1/2 ÷ 1/4 = 2",
      "25 / 1/3 = 75",
      "28 / 1/5 = 28 * 5 = 140",
      "60 / 3/4 = 80",
    ],
  ],
  [
    "percent",
    [
      "100 + 10% = 110",
      "200 - 25% = 150",
      "25% - 5% = 20%",
      "25 - 5 = 20%",
      "27/60 * 100% = 45",
      "27/60 * 100 = 45%",
      "9/27 = 33.3%",
      "1/3 = 33%",
      "7500/75% = 100",
      "40\\% + 5\\% = 45\\%",
    ],
  ],
  [
    "signs of every kind",
    [
      "3 × 4 = 12",
      "3 · 4 = 12",
      "3 ∙ 4 = 12",
      "12 ÷ 4 = 3",
      "12 ∕ 4 = 3",
      "7 − 4 = 3",
      "7 – 4 = 3",
      "7 ‑ 4 = 3",
      "3 \\times 4 + 2 = 14",
      "3 \\cdot 4 = 12",
      "−3 + 5 = 2",
      "2e3 * 2 = 4000",
      "3 - 5 = −2",
    ],
  ],
  [
    "currencies and units",
    [
      "€5 + €3 = €8",
      "5 + 3 = 8€",
      "25¢ * 4 = 100¢",
      "3 + 4 = 7km",
      "2 + 3 = 5th floor",
      "$8 * 5 = $40/week",
      "\\$5 + \\$3 = \\$8",
      "$3 + 4 = 7$",
      "2 + 3 = 5 \\text{ apples}",
    ],
  ],
  [
    "what stands around",
    [
      "**3 + 4 = 7**",
      "1. 3 + 4 = 7",
      "1) 3 + 4 = 7",
      "- 3 + 4 = 7",
      "- -3 + 4 = 1",
      "Step 1: 3 + 4 = 7",
      "→ 3 + 4 = 7",
      "| 3 + 4 = 7 |",
      "\\(3 + 4 = 7\\)",
      "So (3 + 4 = 7) it is",
      "He has “3 + 4 = 7” boxes",
      "In all there are 3 + 4 = 7, then",
      "He makes 3 * 2 = 6 per hour",
      "So he ran 2 * 3 = 6 times.",
      "The total of 3 + 4 = 7",
    ],
  ],
];

const notReadThoughRight: [string, string[]][] = [
  ["clocks and calendars", ["8 + 5 = 1 pm", "11 + 2 = 1 o'clock", "28 + 4 = 1 March"]],
  ["a minus in words", ["5 - 10 = 5 below zero", "20 - 50 = $30 short", "7 - 9 = 2 too few"]],
  ["totals that are worked on", ["5 + 3 = 8 * 2", "$3/2 = $1.50 + $3.00"]],
  [
    "functions and other notations",
    [
      "abs(5 - 8) = 3",
      "|5 - 8| = 3",
      "f(2) + 3 = 8",
      "sqrt(16) + 2 = 6",
      "5 choose 2 + 1 = 11",
      "0x10 + 1 = 17",
      "90° - 30 = 60",
    ],
  ],
  ["times and ratios", ["9:00 + 2 = 11:00", "6:00+48=6:48 PM", "14 - 4 = 10:00 am", "3 + 3 = 2:1"]],
  ["names with digits", ["day2 + 3 = 8", "x1 + 3 = 8", "H2O + 3 = 8", "#5 + 3 = 9", "No.5 + 3 = 9"]],
  [
    "a value that is worked on before",
    [
      "√16 + 2 = 6",
      "sqrt 16 + 2 = 6",
      "5² + 2 = 27",
      "x² + 2 * 3 = 10",
      "3! * 2 + 1 = 13",
      "half of 6 + 4 = 7",
      "20% of 50 + 10 = 20",
      "twice 3 + 1 = 7",
      "5 times 3 + 2 = 17",
      "60 students x 2/3 = 40",
      "negative 3 + 5 = 2",
      "2 more than 3 * 4 = 14",
      "The average of 3 + 5 = 4",
      "2 hours 30 + 45 = 3 hours 15",
      "2(3 + 4) = 14",
      "log 100 + 1 = 3",
      "2**3 + 1 = 9",
    ],
  ],
  [
    "a value that goes on after",
    [
      "2 + 2 = 2²",
      "3 + 3 = 3!",
      "4 + 10 = 2(7)",
      "4 + 4 = 8x",
      "100/5 = 5A/5",
      "3*30 = 30 + M trees",
      "8/3 = 24/Y",
      "10/3 = 3 and 1/3",
      "5/2 = 2 and a half",
      "3 + 4 = \\boxed{7}",
      "2 + 2 = √16",
      "2/3 = 0.66...",
      "1/3 = 0.(3)",
      "5 * 2 = 10 halves",
      "3 * 4 = 2 times 6",
    ],
  ],
  [
    "remainders and rounding that is said",
    [
      "10 / 4 = 2 remainder 2",
      "10 / 4 = 2 R2",
      "10 / 4 = 2 r 2",
      "10 / 4 = 2 with 2 left over",
      "10 mod 4 = 2",
      "10 // 4 = 2",
      "50 / 3 = 16 (rounded down)",
      "50 / 3 is about 17, so 50 / 3 = 17 when rounded",
    ],
  ],
  [
    "another unit on the other side",
    [
      "30 + 30 = 1 hour",
      "$1 / 2 = 50 cents",
      "25 * 4 = $1",
      "3 * 4 = 1 dozen",
      "50 * 2 = 1 m",
      "5 * 3000 = 15 thousand",
      "€5 + $3 = $8",
      "2 * 1.5 = 3000 g",
    ],
  ],
  [
    "ranges and comparisons",
    ["pages 5-9 = 5 pages", "Weeks 1-2 = 26", "3 + 4 >= 6", "3 + 4 != 8", "3 + 4 ≈ 8"],
  ],
];

const wrong: [string, string[]][] = [
  [
    "understood as a whole",
    [
      "3 + 4 = 8",
      "She has 3 + 4 = 8 apples.",
      "The total is $3 x 4 = $13.",
      "- 3 * 4 = 13",
      "**3 * 4 = 13**",
      "1. 3 * 4 = 13",
      "3 \\times 4 = 13",
      "500 + 500 = 1,001",
      "500 + 500 = 1'001",
      "2½ * 4 = 11",
      "100 + 10% = 111",
      "€5 + €3 = €9",
      "In 3 weeks he earns 3 * 40 = 130 dollars.",
      "10 / 3 = 3.34",
      "10 / 3 = 3",
      "6 / (3 - 3) = 2",
      "3 + 4 = 7 * 2 = 15",
      "10 - 3 = 8 left",
      "3 - 5 = 2",
      "5 + 3 = 8 * 2 = 15",
      "8 + 5 = 12 apples",
    ],
  ],
];

const cases = (forms: [string, string[]][]): [string, string][] =>
  forms.flatMap(([kind, texts]) => texts.map((text): [string, string] => [kind, text]));

describe("written steps", () => {
  it.each(cases(rightForms))("right, with %s: %s", (_kind, text) => {
    expect(verdict(text)).toBe("valid");
  });

  it.each(cases(notReadThoughRight))("right, and not read for %s: %s", (_kind, text) => {
    expect(verdict(text)).toBe("not read");
    expect(checkEquationSteps(text)?.valid).not.toBe(false);
  });

  it.each(cases(wrong))("wrong, and %s: %s", (_kind, text) => {
    expect(verdict(text)).toBe("wrong");
  });
});
