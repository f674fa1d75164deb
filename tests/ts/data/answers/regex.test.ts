import { describe, expect, it } from "vitest";
import { spendTogether, spentTogether } from "../../../../ts/data/answers/index.ts";
import type { Task } from "../../../../ts/data/index.ts";
import {
  answerRuleOf,
  extractBoth,
  judge,
  outcomeOf,
  regexRule,
  taskNamed,
} from "../../../../ts/data/index.ts";

describe("a pattern of one's own", () => {
  it("gives what its group captures: strict the first match, flexible the last", () => {
    const rule = regexRule({ pattern: "^Answer: (.+)$" });
    const text = "Answer:  the  red one \nAnswer: blue";
    expect(rule.extract(text, "strict")).toBe("the red one");
    expect(rule.extract(text, "flexible")).toBe("blue");
    expect(rule.extract("no", "strict")).toBeNull();
    expect(rule.patterns).toEqual({ strict: "^Answer: (.+)$", flexible: "^Answer: (.+)$" });
  });

  it("takes the match that is asked for, and a second pattern for the flexible mode", () => {
    const last = regexRule({ pattern: "is (\\w+)", match: "last" });
    expect(last.extract("is a, is b", "strict")).toBe("b");
    const two = regexRule({ pattern: "#### (\\w+)", flexible: "(\\w+)" });
    expect(two.extract("it is red", "strict")).toBeNull();
    expect(two.extract("it is red", "flexible")).toBe("red");
  });

  it("compares texts, spaces apart, and case only where it is told to leave it out", () => {
    const strict = regexRule({ pattern: "is (.+)" });
    expect(strict.sameAnswer("the  red", " the red ")).toBe(true);
    expect(strict.sameAnswer("Red", "red")).toBe(false);
    const lax = answerRuleOf({ kind: "regex", pattern: "IS (.+)", ignoreCase: true });
    expect(lax.extract("is Red", "strict")).toBe("red");
    expect(lax.sameAnswer("red", "RED")).toBe(true);
  });

  it("goes past a match of nothing, and takes an empty capture for no answer", () => {
    expect(regexRule({ pattern: "(x*)" }).extract("abxx", "strict")).toBeNull();
    expect(regexRule({ pattern: "(x*)", match: "last" }).extract("abxx", "flexible")).toBeNull();
  });
});

describe("a pattern that takes exponential time", () => {
  // Much more is left than a short text needs on a busy machine, but where it is to be used up.
  const slow = (timeoutMs = 90, msInAll = 5000) =>
    regexRule({ pattern: "((?:a+)+)$", timeoutMs }, "tasks.0.answer.pattern", msInAll);
  const endless = `${"a".repeat(60)}b`;
  const question = { id: "q", task: "gsm8k", question: "?", answer: "aaa" };

  it("is stopped: neither wrong nor not found", () => {
    const rule = slow();
    expect(outcomeOf(rule, endless, "strict", question)).toEqual({
      extracted: null,
      correct: false,
      noAnswer: "time limit",
    });
    expect(outcomeOf(rule, "aaa", "strict", question)).toEqual({ extracted: "aaa", correct: true });
  });

  it("is counted apart by the judge, and put on neither side", () => {
    const task: Task = { ...taskNamed("gsm8k"), ...slow() };
    const { groups, counts } = judge(
      [question],
      [endless, "aaa", "xyz"].map((text, index) => ({ questionId: "q", index, text })),
      { task, extract: "strict" },
    );
    expect(groups[0]!.candidates.map(({ noAnswer }) => noAnswer)).toEqual([
      "time limit",
      undefined,
      "not found",
    ]);
    expect(counts).toMatchObject({ correct: 1, wrong: 0, noAnswer: 2, timeLimit: 1, tooLong: 0 });
  });

  it.each([
    [10, 10],
    [1e9, 1],
  ])("is refused once its texts took too long in all, with a limit of %d ms each", (timeoutMs, texts) => {
    const rule = slow(timeoutMs, 500);
    const all = () => {
      for (let count = 0; count < 100; count++) extractBoth(rule, `${count}${endless}`, question);
    };
    expect(all).toThrow(
      [
        `tasks.0.answer.pattern: the answer pattern took 0.5 s on texts that it could not end, ${texts} of them`,
        '  found: "((?:a+)+)$"',
        `  expected: an answer within ${timeoutMs} ms a text`,
        "  fix: a quantifier inside a quantifier, such as (a+)+, tries a text in exponentially many ways: write it without",
      ].join("\n"),
    );
  });
});

it.each([
  [
    "(",
    'p: the answer pattern is not a regular expression: Unterminated group\n  found: "("\n  expected: a JavaScript pattern with Unicode rules, for example `Answer: (\\w+)`',
  ],
  [
    "abc",
    'p: the answer pattern has no capture group\n  found: "abc"\n  expected: exactly one group ( ), which is the answer; (?: ) groups without capturing',
  ],
  [
    "(a)(b)",
    'p: the answer pattern has several capture groups\n  found: "(a)(b)"\n  expected: exactly one group ( ), which is the answer; (?: ) groups without capturing',
  ],
])("the pattern %s is refused", (pattern, message) => {
  expect(() => regexRule({ pattern }, "p")).toThrow(message);
});

it("a pattern that is too long is refused", () => {
  expect(() => regexRule({ pattern: `(${"a".repeat(1000)})` }, "p")).toThrow(
    "p: the answer pattern is too long",
  );
});

it("is refused by what several threads have spent together, each text counted", () => {
  const spent = spentTogether();
  // As two threads make the one rule.
  const [one, other] = [1, 2].map(() => {
    spendTogether(spent);
    return regexRule({ pattern: "((?:a+)+)$", flexible: "((?:b+)+)$", timeoutMs: 20 }, "p", 300);
  });
  const endless = "a".repeat(40);
  expect(outcomeOf(one!, `1 ${endless}!`, "strict", { answer: "a" }).noAnswer).toBe("time limit");
  expect(outcomeOf(other!, `2 ${endless}!`, "strict", { answer: "a" }).noAnswer).toBe("time limit");
  // Another pattern has its own.
  expect(other!.extract("bb", "flexible")).toBe("bb");
  expect(() => one!.extract(`3 ${endless}!`, "strict")).toThrow(
    "the answer pattern took 0.3 s on texts that it could not end, 3 of them",
  );
  expect(() => other!.extract(`4 ${endless}!`, "strict")).toThrow(
    "0.3 s on texts that it could not end, 4 of them",
  );
});
