import { expect, test } from "vitest";
import { describeMethod, givenNumbers } from "../../../../ts/analysis/run/method-words.ts";

const described = (method: string, settings: object) => ({ method, settings: { method, ...settings } });

test("a loss that does not push wrong ones down without a limit says so, and a constraint's words are the same for all", () => {
  const words = (method: string, constraint: string) => describeMethod(described(method, { constraint }));
  expect(words("grpo", "none")).toMatch(/; wrong ones are pushed down without a limit$/);
  expect(words("nca", "none")).toMatch(/; wrong ones are pushed down ever more softly as they sink$/);
  expect(words("nca", "detached")).toMatch(/\(detached constraint, DC\)$/);
  expect(words("simper", "none")).not.toContain("without a limit");
});

test("the settings of single losses are told, and switches where they are off", () => {
  const given = (method: string, settings: object) => givenNumbers(described(method, settings));
  expect(given("dpop", { weight: 1, beta: 0.3, penalty: 50 })).toBe(
    "weight 1, DPO-Positive’s beta 0.3, penalty 50",
  );
  expect(given("reinforce", { weight: 1, positiveWeight: 0 })).toBe("weight 1, positiveWeight 0");
  expect(given("grpo", { divideByDeviation: false, divideByLength: true })).toBe("divideByDeviation false");
  expect(given("aft", { weight: 1, scores: "sum", scale: 2 })).toBe("weight 1, scores sum, scale 2");
});
