import { describe, expect, it } from "vitest";
import { checkEquationSteps, equationQuality, type StepCheck } from "../../../../ts/data/index.ts";
import { stepsOf } from "../../../../ts/data/steps/equation-steps.ts";
import { spelling } from "../../../../ts/data/steps/equations.ts";
import { golden } from "../golden.ts";

/** A step as the cases have it: its line counted from 1, and whether the text around its annotation says the same. */
const described = (text: string): object[] =>
  Array.from(stepsOf(text), ({ equation, differs }) => ({
    text: spelling(equation),
    line: text.slice(0, equation.at).split("\n").length,
    holds: equation.holds,
    ...(differs === undefined ? {} : { agrees: differs === "" }),
  }));

interface Case {
  text: string;
  valid: boolean | null;
  firstError?: StepCheck["firstError"];
  steps: object[];
}

describe("the equations of a COT as steps", () => {
  it.each(golden<Case>("steps/cases.jsonl"))("$text: valid $valid", ({ text, valid, firstError, steps }) => {
    expect(described(text)).toEqual(steps);
    expect(checkEquationSteps(text)).toEqual(
      valid === null ? undefined : { valid, ...(firstError === undefined ? {} : { firstError }) },
    );
  });

  it("are good by the share that is right, and no step is no good one", () => {
    expect(equationQuality("1 + 1 = 2\n1 + 1 = 3\n2 + 2 = 4\n3 + 3 = 6")).toEqual({
      valid: false,
      progress: 0.75,
    });
    expect(equationQuality("1 + 1 = 2")).toEqual({ valid: true, progress: 1 });
    expect(equationQuality("It is 2.")).toEqual({ valid: false, progress: 0 });
  });

  it.each([
    ["thousands by a space", "600 x 30 = <<600*30=18000>>18 000 watts"],
    ["another unit after it", "$2.50 - $2.24 = <<2.5-2.24=.26>>26 cents"],
    ["a mixed number before it", "2 1/2 * 4 = <<2.5*4=10>>10"],
    ["a comma and a space within a number", "14, 400 / 80 = <<14400/80=180>>180"],
  ])("agree with the text around an annotation where it has %s", (_name, text) => {
    expect(checkEquationSteps(text)).toEqual({ valid: true });
  });

  it.each([
    ["annotations that never close", "<<1+1=2".repeat(140_000), 1],
    ["closing brackets", `1+1=2${">>".repeat(500_000)}`, 1],
    ["lines", `${"\n".repeat(999_000)}1+1=2`, 1],
  ])("are found in a megabyte of %s", (_name, text, least) => {
    expect([...stepsOf(text)].length).toBeGreaterThanOrEqual(least);
  });
});
