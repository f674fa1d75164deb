import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assess, describeAssessment } from "../../../../ts/analysis/index.ts";
import { AftError } from "../../../../ts/core/errors.ts";
import { readJsonl } from "../../../../ts/core/jsonl.ts";
import { groupSchema } from "../../../../ts/core/records.ts";
import { answers, group, right, wrong } from "../groups.ts";

describe("assess", () => {
  it("pools pairs for micro and averages questions for macro, and counts questions without a pair", () => {
    const { assessmentAccuracy, questions } = assess([
      group("a", [...right(-1, -3), ...wrong(-2, -4)]),
      group("b", [...right(-5), ...wrong(-1)]),
      group("only right", right(-1)),
      group("empty", []),
    ]);
    expect(questions).toBe(4);
    expect(assessmentAccuracy).toEqual({ micro: 3 / 5, macro: (3 / 4 + 0) / 2, pairs: 5, questions: 2 });
  });

  it("counts a repeated text once in pairs and perplexity, and every time in sampled accuracy", () => {
    const [repeated] = right(Math.log(1 / 2));
    const result = assess([group("a", [repeated!, repeated!, ...right(Math.log(1 / 4)), ...wrong(-9)])]);
    expect(result.assessmentAccuracy.pairs).toBe(2);
    expect(result.perplexity.positive).toBeCloseTo((2 + 4) / 2, 12);
    expect(result.sampledAccuracy).toBe(3 / 4);
  });

  it("takes pass@k and maj@k over the questions that have k samples, and says how many those are", () => {
    const result = assess([group("a", answers("4", "5", "5")), group("b", answers("5"))]);
    expect(result.passAtK).toEqual({
      "1": expect.closeTo(1 / 6, 12),
      "2": expect.closeTo(2 / 3, 12),
      "3": 1,
    });
    expect(result.passAtKQuestions).toEqual({ "1": 2, "2": 1, "3": 1 });
    expect(result.majority).toEqual({ k: 3, accuracy: 0, questions: 1 });
    const told = describeAssessment(result);
    expect(told).toContain("maj@3                0.0 % of 1 question\n");
    expect(told).toContain("pass@k, %            1: 16.7 of 2  2: 66.7 of 1  3: 100.0 of 1\n");
    expect(told).toContain(
      "fewer samples        1 question with fewer than 3, left out of maj@3 and of pass@k",
    );
  });

  it("says nothing of short questions where there are none", () => {
    const told = describeAssessment(assess([group("a", answers("4", "5")), group("b", answers("5", "5"))]));
    expect(told).toContain("maj@2                25.0 % of 2 questions\n");
    expect(told).toContain("pass@k, %            1: 25.0  2: 50.0\n");
    expect(told).not.toContain("fewer");
  });

  it("gives null where nothing defines a number", () => {
    expect(assess([])).toEqual({
      questions: 0,
      candidates: 0,
      sampledAccuracy: null,
      assessmentAccuracy: { micro: null, macro: null, pairs: 0, questions: 0 },
      majority: { k: 0, accuracy: null, questions: 0 },
      passAtK: {},
      passAtKQuestions: {},
      perplexity: { positive: null, negative: null },
    });
  });

  it("names every candidate without a score, up to five", () => {
    const { score: _, ...unscored } = right(-1)[0]!;
    const run = () =>
      assess([
        group("q1", [...right(-1), unscored]),
        group(
          "q2",
          Array.from({ length: 6 }, () => unscored),
        ),
      ]);
    expect(run).toThrow(AftError);
    expect(run).toThrow(
      [
        'group "q1", candidate 2 of 2 has no score',
        "  expected: score: the mean log-probability of the response's tokens",
        "  fix: aft score --model DIR --in groups.jsonl --out scored.jsonl",
        'group "q2", candidate 1 of 6 has no score',
      ].join("\n"),
    );
    expect(run).toThrow(/and 2 more candidates without a score$/);
  });
});

describe("golden files: scored groups and what `aft assess --json` prints", () => {
  const folder = new URL("../../../golden/analysis/assess/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  it.each(names)("%s", async (name) => {
    const groups = await readJsonl(new URL(name, folder).pathname, groupSchema);
    const expected: unknown = JSON.parse(
      readFileSync(new URL(name.replace(".jsonl", ".json"), folder), "utf8"),
    );
    expect(roundNumbers(assess(groups))).toEqual(roundNumbers(expected));
  });
});

/** Sums may differ in the last bit from those worked out elsewhere. */
const roundNumbers = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "number" ? Number(inner.toPrecision(12)) : inner,
    ),
  );
