/**
 * What a report is made of, whatever shows it: a page (`html.ts`), Markdown (`markdown.ts`) or a terminal (`terminal.ts`).
 * Features build blocks with the functions below; nothing here knows HTML.
 */
import { defined } from "../../core/defined.ts";
import type {
  App,
  Block,
  Board,
  Cell,
  Chart,
  ColumnKind,
  Content,
  Inline,
  Report,
  Section,
  Style,
  Table,
} from "./model.ts";

export type { Block, Cell, Column, Content, Inline, Report, Row, Section, Table, Top } from "./model.ts";

/** A template as text: what is inserted keeps its emphasis; null, undefined and false leave nothing. */
export const text = (parts: TemplateStringsArray, ...inserted: readonly Inline[]): Inline =>
  parts.flatMap((part, at) => [part, inserted[at]]);

export const styled = (style: Style, ...content: readonly Inline[]): Inline => ({ style, content });

export const strong = (...content: readonly Inline[]): Inline => ({ style: "strong", content });
export const emphasis = (...content: readonly Inline[]): Inline => ({ style: "emphasis", content });
/** Smaller print: under a number in a table, beside it elsewhere. */
export const small = (...content: readonly Inline[]): Inline => ({ style: "small", content });
export const quiet = (...content: readonly Inline[]): Inline => ({ style: "quiet", content });
export const code = (content: Inline): Inline => ({ style: "code", content });

export const badge = (
  level: "fine" | "note" | "warning" | "reused" | "gain" | "loss",
  content: Inline,
): Inline => ({
  style: `badge ${level}`,
  content,
});

/** @param meaning what the pointer shows; it is told elsewhere, too, since not everybody has one */
export const hint = (content: Inline, meaning: string): Inline => ({ hint: meaning, content });

/** @param label what a screen reader says in place of the text */
export const link = (address: string, content: Inline, label?: string): Inline => ({
  address,
  content,
  label,
});

/** @param iso as in report.json */
export const moment = (iso: string): Inline => ({ moment: iso });

/** Left out of the page where it has no content. */
export const section = (
  { id, title, contentsTitle = title }: { id: string; title: string; contentsTitle?: string },
  ...content: readonly Content[]
): Section | null => {
  const blocks = blocksOf(content);
  return blocks.length === 0 ? null : { block: "section", id, title, contentsTitle, blocks };
};

/** Within a section. */
export const heading = (content: Inline, id?: string): Block => ({ block: "heading", content, id });

export const paragraph = (content: Inline): Block => ({ block: "paragraph", content });

/** How to read what stands above it. */
export const note = (content: Inline): Block => ({ block: "paragraph", content, kind: "note" });

export const list = (items: readonly Inline[]): Block => ({ block: "list", items });

/** Findings with their level. */
export const findings = (items: readonly { badge: Inline; text: Inline }[]): Block => ({
  block: "list",
  items: items.map(({ badge: level, text: finding }) => [level, " ", styled("finding", finding)]),
  kind: "findings",
});

/** Terms and what they are. */
export const facts = (entries: readonly (readonly [term: Inline, description: Inline])[]): Block => ({
  block: "facts",
  entries,
});

/** Terms and what they are, in a few words each, one after the other. */
export const inWords = (entries: readonly (readonly [term: Inline, description: Inline])[]): Block => ({
  block: "facts",
  entries,
  kind: "words",
});

export const table = (parts: Omit<Table, "block">): Block => ({ block: "table", ...parts });

/** A column's head, what stands in it, and its kind where that is not numbers; the first column's are the rows' heads. */
export type ColumnOf<Item> = readonly [
  head: Inline,
  cell: (item: Item, at: number) => Cell,
  kind?: ColumnKind | undefined,
];

/** A table with a row for each item. */
export const tableOf = <Item>(
  items: readonly Item[],
  columns: readonly (ColumnOf<Item> | false)[],
  {
    isBaseline,
    ...parts
  }: Pick<Table, "label" | "caption" | "groups" | "kind"> & {
    isBaseline?: (item: Item) => boolean;
  },
): Block => {
  const [first, ...others] = columns.filter((column) => column !== false);
  return table({
    ...parts,
    columns: [first!, ...others].map(([head, , kind]) => ({ head, ...defined({ kind }) })),
    rows: items.map((item, at) => ({
      head: first![1](item, at) as Inline,
      cells: others.map(([, cell]) => cell(item, at)),
      baseline: isBaseline?.(item) ?? false,
    })),
  });
};

export const chart = (parts: Omit<Chart, "block">): Chart => ({ block: "chart", ...parts });

export const board = (parts: Omit<Board, "block">): Block => ({ block: "board", ...parts });

/** Folded away on the page, open elsewhere. */
export const details = (summary: Inline, ...content: readonly Content[]): Block => ({
  block: "details",
  summary,
  blocks: blocksOf(content),
});

/** Text whose lines and spaces stand as they are. */
export const preformatted = (lines: string): Block => ({ block: "preformatted", text: lines });

export const app = (parts: Omit<App, "block">): Block => ({ block: "app", ...parts });

export const report = ({
  sections,
  ...parts
}: Omit<Report, "sections"> & { sections: readonly (Section | null)[] }): Report => ({
  ...parts,
  sections: sections.filter((part) => part !== null),
});

export const blocksOf = (content: Content): Block[] => {
  if (content === null || content === undefined || content === false) return [];
  return "block" in content ? [content] : content.flatMap(blocksOf);
};
