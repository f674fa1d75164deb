import { describe, expect, it } from "vitest";
import {
  type Chapter,
  chapterBlocks,
  defineFinding,
  findingsOf,
  sentencesOf,
} from "../../../../../ts/analysis/features/findings/catalogue.ts";

interface Source {
  gains: number[];
}

const gain = defineFinding({
  id: "gain",
  numbers: ({ gains }: Source) => gains.map((points) => ({ points })),
  level: ({ points }) => (points < 0 ? "warning" : "fine"),
  template: ({ points }) => `It gains ${points} points.`,
});
const none = defineFinding({
  id: "none",
  numbers: ({ gains }: Source) => (gains.length === 0 ? {} : undefined),
  template: () => "There is nothing to compare.",
});

describe("a catalogue of findings", () => {
  it("says each kind as often as there are numbers for it, with its level, in its order", () => {
    expect(findingsOf([none, gain], { gains: [2, -1] })).toEqual([
      { id: "gain", level: "fine", numbers: { points: 2 }, text: "It gains 2 points." },
      { id: "gain", level: "warning", numbers: { points: -1 }, text: "It gains -1 points." },
    ]);
    expect(findingsOf([none, gain], { gains: [] })).toEqual([
      { id: "none", level: "note", numbers: {}, text: "There is nothing to compare." },
    ]);
  });

  it("leaves out what its template says nothing of", () => {
    expect(findingsOf([defineFinding({ id: "mute", numbers: () => ({}), template: () => "" })], {})).toEqual(
      [],
    );
  });

  it("lets a few sentences run on and lists many results, with the items below", () => {
    const chapter: Chapter<Source> = { heading: "H", kinds: [gain], hasResults: true };
    expect(sentencesOf(chapter, { gains: [1, 2] })).toEqual(["It gains 1 points.", "It gains 2 points."]);
    const blocks = (gains: number[], list?: () => string[]) =>
      ([chapterBlocks([{ ...chapter, ...(list && { list }) }], { gains })] as unknown[])
        .flat(3)
        .map((block) => (block as { block?: string }).block ?? block);
    expect(blocks([1, 2])).toEqual(["heading", "paragraph", false]);
    expect(blocks([1, 2, 3])).toEqual(["heading", "list", false]);
    expect(blocks([1], () => ["a"])).toEqual(["heading", "paragraph", "list"]);
  });
});
