import { describe, expect, it } from "vitest";
import { diffWords, type Piece } from "../../../ts/browser/diff.ts";
import { randomFrom } from "../../../ts/core/random.ts";

const written = (pieces: Piece[]): string =>
  pieces
    .map(({ kind, text }) => ({ same: text, removed: `[-${text}-]`, added: `{+${text}+}` })[kind])
    .join("");
const diff = (before: string, after: string): string => written(diffWords(before, after));
const without = (pieces: Piece[], kind: Piece["kind"]): string =>
  pieces
    .filter((piece) => piece.kind !== kind)
    .map(({ text }) => text)
    .join("");

describe("the difference of two COTs", () => {
  it("names the one number that differs, and nothing around it", () => {
    expect(diff("2 + 3 = 5\n#### 5", "2 + 4 = 6\n#### 6")).toBe(
      "2 + [-3-]{+4+} = [-5-]{+6+}\n#### [-5-]{+6+}",
    );
  });

  it("takes a number with its commas and decimals for one word, and a dot after it for another", () => {
    expect(diff("costs 1,250.50.", "costs 1,250.75.")).toBe("costs [-1,250.50-]{+1,250.75+}.");
  });

  it("puts neighbouring changes together, the space between them included", () => {
    expect(diff("she sold ten boxes today", "she bought six boxes today")).toBe(
      "she [-sold ten-]{+bought six+} boxes today",
    );
  });

  it("finds what was only added, and what was only taken away", () => {
    expect(diff("a b", "a x b")).toBe("a {+x +}b");
    expect(diff("", "a")).toBe("{+a+}");
    expect(diff("a", "")).toBe("[-a-]");
    expect(diff("", "")).toBe("");
    expect(diff("a\nb", "a\nb")).toBe("a\nb");
  });

  it("does not cut an emoji or a letter with its accent in two", () => {
    expect(diff("👍🏽 cafe\u0301", "👍🏽 cafe")).toBe("👍🏽 [-cafe\u0301-]{+cafe+}");
    expect(diff("😀", "😁")).toBe("[-😀-]{+😁+}");
  });

  it("keeps both texts whole, and never keeps less than every other word-order would let it", () => {
    const random = randomFrom("texts to compare");
    for (let trial = 0; trial < 200; trial++) {
      const text = () =>
        Array.from({ length: random.int(0, 9) }, () =>
          random.pick(["a", "b", "7", "1.5", " ", "\n", ".", "😀"]),
        ).join("");
      const [before, after] = [text(), text()];
      const pieces = diffWords(before, after);
      expect(without(pieces, "added")).toBe(before);
      expect(without(pieces, "removed")).toBe(after);
    }
  });

  it("shows two long texts that have nothing in common whole, in no time", () => {
    const words = (word: string) => Array.from({ length: 5000 }, (_, at) => `${word}${at}`).join(" ");
    const pieces = diffWords(`same ${words("a")} end`, `same ${words("b")} end`);
    expect(pieces.map(({ kind }) => kind)).toEqual(["same", "removed", "added", "same"]);
    expect(without(pieces, "added")).toBe(`same ${words("a")} end`);
  });
});
