import { describe, expect, it } from "vitest";
import type { Group } from "../../../../ts/core/records.ts";
import { acceptedForRft, sides } from "../../../../ts/data/index.ts";

const group = (candidates: Group["candidates"], reference?: string): Group => ({
  id: "q",
  task: "gsm8k",
  prompt: "?",
  answer: "24",
  candidates,
  ...(reference === undefined ? {} : { reference }),
});
const right = (text: string, index = 0) => ({ text, extracted: "24", correct: true, index });
const wrong = (text: string, index = 0) => ({ text, extracted: "25", correct: false, index });
const texts = (candidates: readonly { text: string }[]): string[] => candidates.map(({ text }) => text);

describe("the two sides of a group", () => {
  it("hold each text once, as it was sampled first", () => {
    const { positives, negatives } = sides(
      group([right("a", 0), wrong("b", 1), right("a", 2), wrong("b", 3)]),
    );
    expect(positives).toEqual([right("a", 0)]);
    expect(negatives).toEqual([wrong("b", 1)]);
  });

  it("may be empty", () => {
    expect(sides(group([]))).toEqual({ positives: [], negatives: [] });
    expect(sides(group([right("a")])).negatives).toEqual([]);
  });

  it("have the reference among the positives only when asked, and once", () => {
    const of = group([right("a"), right("ref"), wrong("b")], "ref");
    expect(texts(sides(of).positives)).toEqual(["a", "ref"]);
    expect(texts(sides(of, { referenceAsPositive: true }).positives)).toEqual(["ref", "a"]);
    expect(texts(sides(group([right("a")]), { referenceAsPositive: true }).positives)).toEqual(["a"]);
  });

  it("take a text without an answer as negative, or leave it out, but never one that was not looked at", () => {
    const of = group([
      { text: "hm", extracted: null, correct: false, noAnswer: "not found" },
      { text: "endless", extracted: null, correct: false, noAnswer: "too long" },
      wrong("b"),
    ]);
    expect(texts(sides(of).negatives)).toEqual(["hm", "b"]);
    expect(texts(sides(of, { noAnswer: "omit" }).negatives)).toEqual(["b"]);
  });
});

describe("what RFT accepts", () => {
  it("is right in its answer and every equation, one for each list of equations", () => {
    const of = group(
      [
        wrong("4 * 6 = 24\n#### 25"),
        right("4 * 6 = 24\n#### 24"),
        right("So 4*6 = $24.\n#### 24"),
        right("20 + 4 = 24\n#### 24"),
        right("20 + 5 = 24\n#### 24"),
        right("4 * 6 = <<4*6=23>>24\n#### 24"),
        right("4 + 2 = 6\n4 * 6 = 24\n#### 24"),
        right("12 * 2 = 24\n#### 24"),
      ],
      "12 * 2 = 24\n#### 24",
    );
    expect(texts(acceptedForRft(of))).toEqual([
      "4 * 6 = 24\n#### 24",
      "20 + 4 = 24\n#### 24",
      "4 + 2 = 6\n4 * 6 = 24\n#### 24",
    ]);
    expect(texts(acceptedForRft(of, { checkEquations: false }))).toEqual([
      "4 * 6 = 24\n#### 24",
      "20 + 4 = 24\n#### 24",
      "20 + 5 = 24\n#### 24",
      "4 * 6 = <<4*6=23>>24\n#### 24",
      "4 + 2 = 6\n4 * 6 = 24\n#### 24",
    ]);
  });

  it("is the same under ranks, wherever a COT stands", () => {
    const [good, other, lucky] = ["20 + 4 = 24\n#### 24", "4 * 6 = 24\n#### 24", "1 + 1 = 3\n#### 24"];
    const of = group([
      { ...right(good!), rank: 2 },
      { ...right(lucky!), rank: 1 },
      { ...right(other!), rank: 1 },
    ]);
    expect(texts(acceptedForRft(of))).toEqual([good, other]);
  });

  it("tells texts without equations apart by their words", () => {
    const of = group([right("It is 24."), right("Surely 24."), right("It is 24.")]);
    expect(texts(acceptedForRft(of))).toEqual(["It is 24.", "Surely 24."]);
  });
});
