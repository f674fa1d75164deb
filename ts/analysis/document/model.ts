/** How text stands out. */
export type Style =
  | "strong"
  | "emphasis"
  | "small"
  /** Small print under a number that is to be seen: the difference to a baseline. */
  | "difference"
  | "quiet"
  | "code"
  | "digest"
  | "question"
  /** On one line. */
  | "together"
  /** What stands beside a badge, all of it. */
  | "finding"
  /** An answer that is right, wrong, or not there. */
  | `mark ${"right" | "wrong" | "none"}`
  | `badge ${"fine" | "note" | "warning" | "reused" | "gain" | "loss"}`;

/** A word with its meaning, which the pointer shows. */
interface Hint {
  hint: string;
  content: Inline;
}

interface Styled {
  style: Style;
  content: Inline;
}

export interface Link {
  /** `#id` leads to a place of the same page. */
  address: string;
  content: Inline;
  /** What a screen reader says in place of the content. */
  label?: string | undefined;
}

/** A point in time, ISO 8601. */
interface Moment {
  moment: string;
}

/** Text within a line; null, undefined and false leave nothing. */
export type Inline =
  | string
  | number
  | false
  | null
  | undefined
  | Styled
  | Hint
  | Link
  | Moment
  | readonly Inline[];

export interface Section {
  block: "section";
  /** Links lead to it. */
  id: string;
  title: string;
  /** In the list of contents. */
  contentsTitle: string;
  blocks: readonly Block[];
}

interface Heading {
  block: "heading";
  content: Inline;
  id?: string | undefined;
}

interface Paragraph {
  block: "paragraph";
  content: Inline;
  kind?: "note" | "answers";
}

interface List {
  block: "list";
  items: readonly Inline[];
  kind?: "findings";
}

export interface Facts {
  block: "facts";
  entries: readonly (readonly [term: Inline, description: Inline])[];
  /** `words`: small, one after the other. */
  kind?: "words";
}

/** Numbers stand to the right; text, and what is long or of another origin, is marked so. */
export type ColumnKind = "number" | "text" | "counts" | "cot" | "paper";

export interface Column {
  head: Inline;
  kind?: ColumnKind;
}

/** `gain`, `loss`: a difference that is more than chance explains; `unclear`: one that is not; `quiet`: nothing to see. */
interface MarkedCell {
  content: Inline;
  mark: "gain" | "loss" | "unclear" | "quiet" | undefined;
}

/** Small print in a cell stands below its number, in a terminal in columns of its own. */
export type Cell = Inline | MarkedCell;

export interface Row {
  /** None in a table whose rows are not named. */
  head: Inline;
  cells: readonly Cell[];
  /** What the others are held against. */
  baseline?: boolean;
}

export interface Table {
  block: "table";
  /** Its name for a screen reader. */
  label: string;
  caption: Inline;
  /** The first is that of the rows' heads. A string is a column of numbers. */
  columns: readonly (string | Column)[];
  /** Heads over several columns each, the first column left out. */
  groups?: readonly { head: Inline; columns: number; kind?: "paper" }[];
  rows: readonly Row[];
  /**
   * `results`: wide, small print below its number, the rows' heads always in sight; `tasks`: likewise, grouped by lines;
   * `glance`: a line a row, and on a telephone a card; `grid`: short numbers, as close as they can be read.
   */
  kind?: "results" | "tasks" | "glance" | "grid" | undefined;
}

export interface Chart {
  block: "chart";
  title: string;
  /** What it shows and how to read it. */
  caption: Inline;
  svg: string;
  /** Its file's name, without the ending. */
  file: string;
  /** Scrolls on narrow screens rather than shrink until nothing can be read. */
  isWide?: boolean;
}

/** Charts beside each other, small enough for a telephone, and what switches methods off in all charts of the page. */
export interface Board {
  block: "board";
  /** Nothing to switch: none. Key: the class of what is drawn of it. */
  switches: readonly { key: string; label: string }[];
  tiles: readonly Chart[];
}

interface Details {
  block: "details";
  summary: Inline;
  blocks: readonly Block[];
  isOpen?: boolean;
  kind?: "example";
}

interface Preformatted {
  block: "preformatted";
  text: string;
}

/** What only a browser can show, as HTML that brings its own style and script. */
export interface App {
  block: "app";
  html: string;
  /** Reads scripts from files beside the page. */
  readsFiles: boolean;
  /** Where no app can run, and on paper. */
  instead: readonly Block[];
}

export type Block =
  | Section
  | Heading
  | Paragraph
  | List
  | Facts
  | Table
  | Chart
  | Board
  | Details
  | Preformatted
  | App;

export type Content = Block | null | undefined | false | readonly Content[];

/** What a reader sees first, without scrolling. */
export interface Top {
  /** What came out, in a sentence. */
  verdict: Inline;
  tone: "gain" | "loss" | "unclear" | "none";
  /** What was compared, on what. */
  basis: Inline;
  /** What is to be known before anything is believed; each leads to where it is told of. */
  warnings: readonly { label: string; text: string; address: string }[];
  blocks: readonly Block[];
}

export interface Report {
  /** What kind of report it is. */
  kind: string;
  title: string;
  /** What the experiment asks. */
  description?: string | undefined;
  /** What it is about, for a reader who knows nothing of it. */
  introduction: Inline;
  /** Left out where there is nothing to show. */
  top?: Top | undefined;
  sections: readonly Section[];
  footer: string;
}
