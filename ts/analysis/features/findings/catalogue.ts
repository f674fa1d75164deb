/** What numbers say in words. A catalogue has an entry for everything that may be said: its numbers, and its template. */
import { type Content, heading, list, paragraph } from "../../document/blocks.ts";

export type Level = "fine" | "note" | "warning";

export interface Finding<Numbers = unknown> {
  id: string;
  level: Level;
  /** What it rests on. */
  numbers: Numbers;
  text: string;
}

/** An entry of a catalogue; what its numbers are, it alone knows. */
export interface FindingKind<Source> {
  ids: readonly { id: string; question?: string | undefined }[];
  find: (source: Source) => Finding[];
}

/**
 * @param parts.question what such findings answer, where they stand together under a heading
 * @param parts.numbers what it rests on, one for each time that it is said; undefined: it is not said
 * @param parts.level left out: note
 * @param parts.template the numbers in a sentence or two; empty: nothing is said
 */
export const defineFinding = <Source, Numbers extends object>(parts: {
  id: string;
  question?: string;
  numbers: (source: Source) => Numbers | readonly Numbers[] | undefined;
  level?: Level | ((numbers: Numbers) => Level);
  template: (numbers: Numbers) => string;
}): FindingKind<Source> => ({
  ids: [{ id: parts.id, question: parts.question }],
  find: (source) => {
    const given = parts.numbers(source) ?? [];
    const { level = "note" } = parts;
    return (Array.isArray(given) ? (given as readonly Numbers[]) : [given as Numbers])
      .map((numbers) => ({
        id: parts.id,
        level: typeof level === "function" ? level(numbers) : level,
        numbers,
        text: parts.template(numbers),
      }))
      .filter(({ text }) => text !== "");
  },
});

/** Kinds of findings about a part of the source: of each part in turn. */
export const ofEach = <Source, Part>(
  partsOf: (source: Source) => readonly Part[],
  ...kinds: readonly FindingKind<Part>[]
): FindingKind<Source> => ({
  ids: kinds.flatMap(({ ids }) => ids),
  find: (source) => partsOf(source).flatMap((part) => findingsOf(kinds, part)),
});

/** In the catalogue's order. */
export const findingsOf = <Source>(catalogue: readonly FindingKind<Source>[], source: Source): Finding[] =>
  catalogue.flatMap(({ find }) => find(source));

/** What a page says first, under one of its headings. */
export interface Chapter<Source> {
  heading: string;
  kinds: readonly FindingKind<Source>[];
  /** Results: each is one to be found again, so that many stand one below the other. */
  hasResults?: boolean;
  /** What follows the sentences, item by item. */
  list?: (source: Source) => readonly string[];
}

export const sentencesOf = <Source>({ kinds }: Chapter<Source>, source: Source): string[] =>
  findingsOf(kinds, source).map(({ text }) => text);

/** More sentences than this are easier to read one below the other. */
const mostRunningOn = 2;

/** The chapters of a catalogue as the page's first section. */
export const chapterBlocks = <Source>(chapters: readonly Chapter<Source>[], source: Source): Content =>
  chapters.map((chapter) => {
    const sentences = sentencesOf(chapter, source);
    const items = chapter.list?.(source) ?? [];
    return [
      heading(chapter.heading),
      chapter.hasResults === true && sentences.length > mostRunningOn
        ? list(sentences)
        : paragraph(sentences.join(" ")),
      items.length > 0 && list(items),
    ];
  });
