import { wrapText } from "../../core/wrap.ts";
import { columns } from "./columns.ts";
import { isMarked } from "./html.ts";
import type { Block, Cell, Inline, Table } from "./model.ts";
import { plainText } from "./text.ts";

/** Columns of letters: a wider table is cut into several, and a longer line of text is broken. */
const widest = { table: 108, text: 100 };

/** Blocks as plain text, empty lines between them; charts and apps, which a terminal cannot show, are left out. */
export const renderTerminal = (blocks: readonly Block[]): string => blocks.flatMap(blockText).join("\n\n");

function blockText(block: Block): string[] {
  switch (block.block) {
    case "section":
      return [block.title, ...block.blocks.flatMap(blockText)];
    case "heading":
      return [plainText(block.content)];
    case "paragraph":
      return [wrap(plainText(block.content))];
    case "list":
      return [block.items.map((item) => wrap(`- ${plainText(item)}`)).join("\n")];
    case "facts":
      return [block.entries.map(([term, text]) => wrap(`${plainText(term)}: ${plainText(text)}`)).join("\n")];
    case "table":
      return tableText(block);
    case "chart":
    case "board":
      return [];
    case "details":
      return [plainText(block.summary), ...block.blocks.flatMap(blockText)];
    case "preformatted":
      return [block.text.trimEnd()];
    case "app":
      return block.instead.flatMap(blockText);
  }
}

/** A column of the table as columns of letters: its number, and small print beside it. */
interface Spread {
  heads: string[];
  rows: string[][];
}

/** As many columns beside each other as fit, then the next, each time with the rows' heads in front. */
function tableText({ caption, columns: all, rows }: Table): string[] {
  const heads = all.map((column) => plainText(typeof column === "string" ? column : column.head));
  const names = rows.map(({ head }) => plainText(head));
  const spread = heads.slice(1).map(
    (head, at): Spread =>
      spreadOut(
        head,
        rows.map(({ cells }) => cells[at]),
      ),
  );
  const drawn = (first: string, shown: readonly Spread[]): string =>
    columns(
      [first, ...shown.flatMap((column) => column.heads)],
      names.map((name, at) => [name, ...shown.flatMap((column) => column.rows[at]!)]),
    );
  const parts: string[] = [];
  for (let from = 0, to = 0; from < spread.length; from = to) {
    const first = from === 0 ? heads[0]! : "(continued)";
    to = from + 1;
    while (to < spread.length && widthOf(drawn(first, spread.slice(from, to + 1))) <= widest.table) to++;
    parts.push(drawn(first, spread.slice(from, to)));
  }
  const title = plainText(caption);
  return title === "" ? parts : [`${title}\n${parts[0] ?? ""}`, ...parts.slice(1)];
}

function spreadOut(head: string, cells: readonly (Cell | undefined)[]): Spread {
  const parts = cells.map((cell) => partsOf(isMarked(cell) ? cell.content : cell));
  const most = Math.max(1, ...parts.map(({ length }) => length));
  const padded = (texts: readonly string[]): string[] =>
    Array.from({ length: most }, (_, at) => texts[at] ?? "");
  return { heads: padded([head]), rows: parts.map(padded) };
}

/** What stands in a cell, and its small print piece by piece, what is empty of it too: it keeps its place. */
function partsOf(content: Inline): string[] {
  const [pieces, small]: [Inline[], string[]] = [[], []];
  for (const part of Array.isArray(content) ? content.flat(Number.POSITIVE_INFINITY) : [content])
    if (isSmall(part)) small.push(plainText(part));
    else pieces.push(part);
  return [plainText(pieces), ...small];
}

const isSmall = (part: Inline): boolean =>
  typeof part === "object" &&
  part !== null &&
  "style" in part &&
  (part.style === "small" || part.style === "difference");

/** Columns of letters that they take. */
export const terminalWidth = (blocks: readonly Block[]): number => widthOf(renderTerminal(blocks));

const widthOf = (text: string): number => Math.max(...text.split("\n").map(({ length }) => length));

const wrap = (text: string): string => wrapText(text, widest.text);
