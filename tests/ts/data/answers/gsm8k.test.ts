import { describe, expect, it } from "vitest";
import { extractNumber, normalNumber, sameNumber } from "../../../../ts/data/answers/index.ts";
import { golden } from "../golden.ts";

interface Case {
  text: string;
  strict: string | null;
  flexible: string | null;
}

describe("numeric answers", () => {
  it.each(golden<Case>("answers/cases.jsonl"))("$text: strict $strict, flexible $flexible", (example) => {
    expect(extractNumber(example.text, "strict")).toBe(example.strict);
    expect(extractNumber(example.text, "flexible")).toBe(example.flexible);
  });

  it("compares as exact decimals, beyond what a double can tell apart", () => {
    expect(sameNumber("18.", "18.00")).toBe(true);
    expect(sameNumber("$1,800", "1800.0")).toBe(true);
    expect(sameNumber("9007199254740993", "9007199254740992")).toBe(false);
    expect(sameNumber("0.1000000000000000000001", "0.1")).toBe(false);
    expect(sameNumber("-3", "3")).toBe(false);
  });

  it("finds no two texts equal that are no numbers", () => {
    expect(sameNumber("many", "many")).toBe(false);
    expect(normalNumber("-")).toBeNull();
    expect(normalNumber("")).toBeNull();
  });

  // Each would take hours under a pattern that backtracks.
  it.each([
    ["a run of digits", "7".repeat(1_000_000), "7".repeat(1_000_000)],
    ["a run of zeros before a digit", `${"0".repeat(1_000_000)}1`, "1"],
    ["zeros in the middle of a fraction", `1.${"0".repeat(1_000_000)}x`, "1"],
    ["dots", ".".repeat(1_000_000), null],
    ["hashes", "#".repeat(1_000_000), null],
    ["minus signs", "-".repeat(1_000_000), null],
    ["single digits", "1 ".repeat(500_000), "1"],
  ])("reads a megabyte of %s in one pass", (_name, text, flexible) => {
    expect(extractNumber(text, "flexible")).toBe(flexible);
    expect(extractNumber(text, "strict")).toBeNull();
    expect(extractNumber(`#### ${text}`, "strict")).toBe(normalNumber(text.split(/[ x]/)[0]!));
  });
});
