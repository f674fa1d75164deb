import { describe, expect, it } from "vitest";
import { ballotOf, majorityTally } from "../../../../ts/analysis/metrics/majority.ts";
import { passTally } from "../../../../ts/analysis/metrics/sampled.ts";
import { noShare } from "../../../../ts/analysis/metrics/tally.ts";
import { answers } from "../groups.ts";

const majority = (...extracted: (string | null)[]) =>
  majorityTally(answers(...extracted), extracted.length).numerator;

describe("maj@k of one question whose answer is 4", () => {
  it("is right when most votes are right", () => {
    expect(majority("4", "5", "4", "6")).toBe(1);
    expect(majority("4", "5", "5", "6")).toBe(0);
  });

  it("gives no vote to an answer that could not be extracted", () => {
    expect(majority(null, null, null, "4")).toBe(1);
    expect(majority(null, null, null, "5", "5", "4")).toBe(0);
  });

  it("counts as wrong when nothing was extracted", () => {
    expect(majorityTally(answers(null, null), 2)).toEqual({ numerator: 0, denominator: 1 });
  });

  it("has no share with fewer than k samples, as in pass@k", () => {
    for (const tally of [majorityTally, passTally]) {
      expect(tally(answers("4", "4"), 3)).toEqual(noShare);
      expect(tally([], 3)).toEqual(noShare);
      expect(tally([], 0)).toEqual(noShare);
      expect(tally(answers("4", "4", "5"), 3)).toEqual({ numerator: 1, denominator: 1 });
    }
  });

  it("gives the expected accuracy over tied winners", () => {
    expect(majority("4", "5")).toBe(1 / 2);
    expect(majority("4", "5", "6")).toBe(1 / 3);
    expect(majority("4", "4", "5", "5", "6")).toBe(1 / 2);
    expect(majority("5", "5", "6", "6", "4")).toBe(0);
  });

  it("lets answers that are equal as numbers vote together", () => {
    expect(majority("4", "4.00", "5", "5")).toBe(1 / 2);
    expect(majority("4", "4.0", "04", "5", "5")).toBe(1);
  });
});

describe("the name under which an answer votes", () => {
  it.each([
    ["18", "18"],
    ["18.00", "18"],
    ["18.", "18"],
    ["018", "18"],
    ["+18", "18"],
    ["1,800", "1800"],
    ["$1,800.50", "1800.5"],
    [".5", "0.5"],
    ["-0.0", "0"],
    ["-3.10", "-3.1"],
    [" B ", "B"],
    [".", "."],
    ["3/4", "3/4"],
    ["90071992547409931", "90071992547409931"],
  ])("%s votes as %s", (answer, ballot) => {
    expect(ballotOf(answer)).toBe(ballot);
  });
});
