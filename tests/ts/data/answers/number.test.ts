import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../../ts/core/random.ts";
import { anyNumber, normalRational, sameRational } from "../../../../ts/data/answers/index.ts";
import { golden } from "../golden.ts";

interface Case {
  text: string;
  strict: string | null;
  flexible: string | null;
}

describe("numbers in any usual form", () => {
  it.each(golden<Case>("numbers/cases.jsonl"))("$text: strict $strict, flexible $flexible", (example) => {
    expect(anyNumber.extract(example.text, "strict")).toBe(example.strict);
    expect(anyNumber.extract(example.text, "flexible")).toBe(example.flexible);
  });

  it("are equal by their value, whatever their form and unit", () => {
    expect(sameRational("3/4", "0.75")).toBe(true);
    expect(sameRational("\\frac{3}{4}", "$0.750")).toBe(true);
    expect(sameRational("1 1/2 cups", "1.5")).toBe(true);
    expect(sameRational("18.", "18.00 dollars")).toBe(true);
    expect(sameRational("1/3", "0.3333333333")).toBe(false);
    expect(sameRational("50%", "0.5")).toBe(false);
    expect(sameRational("many", "many")).toBe(false);
  });

  it("have one normal form, so that equal answers are one in a vote", () => {
    expect(["6/8", "0.75", ".750", "\\frac{3}{4}", "75 x 10^-2"].map(normalRational)).toEqual(
      Array.from({ length: 5 }, () => "0.75"),
    );
  });

  it("are equal exactly when their cross products are", () => {
    const random = randomFrom("rationals", 1);
    let equal = 0;
    for (let round = 0; round < 2000; round++) {
      const [a, b] = [random.int(-30, 30), random.int(1, 30)];
      const times = random.int(0, 3);
      const [c, d] = times > 0 ? [a * times, b * times] : [random.int(-30, 30), random.int(1, 30)];
      const same = a * d === c * b;
      if (same) equal++;
      const written = round % 2 === 0 ? `${c}/${d}` : `${c < 0 ? "-" : ""}\\frac{${Math.abs(c)}}{${d}}`;
      expect(sameRational(`${a}/${b}`, written), `${a}/${b} and ${written}`).toBe(same);
    }
    expect(equal).toBeGreaterThan(1000);
  });

  // Each would take hours under a pattern that backtracks.
  it.each([
    ["a run of digits", "7".repeat(1_000_000), "7".repeat(1_000_000)],
    ["thousands", `1${",234".repeat(250_000)}`, `1${"234".repeat(250_000)}`],
    ["thousands that end amiss", `1${",234".repeat(250_000)}5 6`, null],
    ["single digits", "1 ".repeat(500_000), null],
    ["fractions of fractions", `${"1/".repeat(500_000)}1 2`, null],
    ["halves of mixed numbers", "1 1/".repeat(250_000), null],
    ["powers of nothing", "1x10^".repeat(200_000), null],
    ["brackets", "(".repeat(1_000_000), null],
    ["tags", "<answer>".repeat(120_000), null],
    ["questions", "1?\nQuestion: ".repeat(70_000), "1"],
    ["headings", "answer:\n".repeat(40_000), null],
    ["dots", ".".repeat(1_000_000), null],
    ["minus signs", "-".repeat(1_000_000), null],
    ["backslashes", "\\".repeat(1_000_000), null],
    ["boxes that never close", "\\boxed{".repeat(140_000), null],
    ["answers that are none", "answer is ".repeat(100_000), null],
    ["marks", "#### ".repeat(200_000), null],
  ])("are looked for in a megabyte of %s in one pass", (_name, text, flexible) => {
    expect(anyNumber.extract(text, "flexible")).toBe(flexible);
    expect(anyNumber.extract(text, "strict")).toBeNull();
  });
});
