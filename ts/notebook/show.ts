import { columns } from "../analysis/index.ts";
import { defined } from "../core/defined.ts";
import { escapeText } from "../core/escape.ts";

/** The name under which Jupyter's Deno kernel looks for what a value is to be shown as. */
const display = Symbol.for("Jupyter.display");

/** Something that a notebook shows when it is the last value of a cell; elsewhere its text can be printed. */
export interface Shown {
  /** As plain text: what a console prints. */
  readonly text: string;
  /** As HTML; undefined for a picture. */
  readonly html?: string;
  /** As SVG, where it is a picture. */
  readonly svg?: string;
  /** The text. */
  toString(): string;
}

function shown(parts: Omit<Shown, "toString">): Shown {
  const mimeTypes = () =>
    defined({ "text/plain": parts.text, "text/html": parts.html, "image/svg+xml": parts.svg });
  return Object.assign({ ...parts, toString: () => parts.text }, { [display]: mimeTypes });
}

/** A value of a table's cell. Numbers are shown as they are: round them first, or give them as text. */
export type Cell = string | number | boolean | null | undefined;

/** What stands around a table. */
export interface TableOptions {
  /** What the table shows, in a sentence. */
  caption?: string;
  /** Which columns, in which order; by default those of the first row. */
  columns?: readonly string[];
}

/** Rows as a table: HTML in a notebook, aligned columns on a console. Every column but the first stands right. */
export function table(rows: readonly Readonly<Record<string, Cell>>[], options: TableOptions = {}): Shown {
  const names = options.columns ?? Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => textOf(row[name])));
  const { caption } = options;
  const align = (at: number): string => (at === 0 ? "left" : "right");
  const line = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text, at) => `<${tag} align="${align(at)}">${escapeText(text)}</${tag}>`).join("")}</tr>`;
  const head = caption === undefined ? "" : `<caption>${escapeText(caption)}</caption>\n`;
  return shown({
    text: [...(caption === undefined ? [] : [caption, ""]), columns(names, cells)].join("\n"),
    html: `<table>\n${head}<thead>${line("th", names)}</thead>\n<tbody>\n${cells.map((row) => line("td", row)).join("\n")}\n</tbody>\n</table>`,
  });
}

const textOf = (cell: Cell): string =>
  cell === null || cell === undefined
    ? ""
    : typeof cell === "number"
      ? String(cell).replace("-", "−")
      : String(cell);

/** An SVG as a picture on white, so that it can be read on dark pages too. `text` says in words what it shows. */
export function picture(svg: string, text = descriptionOf(svg)): Shown {
  const box = /viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"/.exec(svg);
  const [, x, y, width, height] = box ?? [];
  const paper =
    box === null ? "" : `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#ffffff"/>`;
  return shown({ text, svg: svg.replace(/^(<svg[^>]*>)/, `$1${paper}`) });
}

const entities: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};
const descriptionOf = (svg: string): string =>
  [...svg.matchAll(/<(?:title|desc)[^>]*>([^<]*)</g)]
    .slice(0, 2)
    .map((match) => match[1]!.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity]!))
    .join("\n");
