import { parseHTML } from "linkedom";
import { chartStyle } from "../charts/palette.ts";

/** The report as Markdown, and its charts as SVG files that stand alone, by their name within `charts/`. */
export interface MarkdownReport {
  markdown: string;
  charts: Record<string, string>;
}

interface Node {
  nodeType: number;
  textContent: string | null;
  childNodes: ArrayLike<Node>;
}

interface Element extends Node {
  localName: string;
  children: ArrayLike<Element>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): ArrayLike<Element>;
}

/** What only a browser can use; what is hidden until a script shows it is left out, too. */
const leftOut = new Set([
  "nav",
  "script",
  "style",
  "button",
  "form",
  "input",
  "select",
  "template",
  "dialog",
]);

/**
 * The same report, made of the page itself so that neither can say what the other does not: headings, paragraphs,
 * tables, lists; charts become links to SVG files; what is folded away on the page stands open.
 */
export function renderMarkdown(page: string): MarkdownReport {
  const charts: Record<string, string> = {};
  const { document } = parseHTML(withoutCharts(page, charts));
  const blocks = [...(document.querySelectorAll("header, main, footer") as unknown as Iterable<Element>)]
    .flatMap(blocksOf)
    .filter((block) => block !== "");
  return { markdown: `${blocks.join("\n\n")}\n`, charts };
}

function blocksOf(element: Element): string[] {
  const name = element.localName;
  if (leftOut.has(name) || element.getAttribute("hidden") !== null) return [];
  const heading = /^h([1-6])$/.exec(name);
  if (heading !== null) return [`${"#".repeat(Number(heading[1]))} ${inline(element)}`];
  if (name === "p" || name === "figcaption") return [inline(element)];
  if (name === "summary") return [`**${inline(element)}**`];
  if (name === "pre") return [fenced(element.textContent ?? "")];
  if (name === "ul" || name === "ol") return [list(element, name === "ol")];
  if (name === "dl") return [definitions(element)];
  if (name === "table") return tableOf(element);
  if (name === "img")
    return [`![${plain(element.getAttribute("alt") ?? "")}](${element.getAttribute("src")})`];
  const own = [...iterate(element.children)].flatMap(blocksOf);
  return own.length === 0 ? [inline(element)] : own;
}

/**
 * Puts a picture's name where each chart stood, and the charts aside. Done on the text: a parser of HTML would nest what
 * SVG closes by itself. A chart may hold others.
 */
function withoutCharts(page: string, charts: Record<string, string>): string {
  let left = "";
  let at = 0;
  for (let start = page.indexOf("<svg "); start >= 0; start = page.indexOf("<svg ", at)) {
    let end = start;
    let depth = 0;
    do {
      const [opens, closes] = [page.indexOf("<svg ", end), page.indexOf("</svg>", end)];
      if (closes < 0) return left + page.slice(at);
      depth += opens >= 0 && opens < closes ? 1 : -1;
      end = depth > 0 && opens >= 0 && opens < closes ? opens + 5 : closes + 6;
    } while (depth > 0);
    const svg = page.slice(start, end);
    const [, id = `chart-${Object.keys(charts).length + 1}`, title = ""] =
      /<title id="([\w-]+)-title">([^<]*)</.exec(svg) ?? [];
    charts[`${id}.svg`] = standing(svg);
    left += `${page.slice(at, start)}<img alt="${title}" src="charts/${id}.svg">`;
    at = end;
  }
  return left + page.slice(at);
}

/** With the colours for dark pages, and a font: nothing around it gives them. */
const standing = (svg: string): string =>
  `${svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg font-family="system-ui, sans-serif" ${attributes}><style>${chartStyle}</style>`)}\n`;

const list = (element: Element, numbered: boolean): string =>
  [...iterate(element.children)]
    .map((item, at) => `${numbered ? `${at + 1}.` : "-"} ${inline(item)}`)
    .join("\n");

function definitions(element: Element): string {
  const lines: string[] = [];
  for (const child of iterate(element.children))
    if (child.localName === "dt") lines.push(`- **${inline(child)}**: `);
    else lines[lines.length - 1] += inline(child);
  return lines.join("\n");
}

/** A table with one row of heads: a head over several columns goes before each of theirs. */
function tableOf(table: Element): string[] {
  const rowsIn = (selector: string): Element[] => [...iterate(table.querySelectorAll(selector))];
  const heads = rowsIn("thead tr").map((row) => spread(row));
  const columns = Math.max(0, ...heads.map((row) => row.length));
  const head = Array.from({ length: columns }, (_, at) =>
    heads
      .map((row) => row[at] ?? "")
      .filter((text) => text !== "")
      .join(": "),
  );
  const body = rowsIn("tbody tr").map((row) => spread(row));
  const last = rowsIn("thead tr").at(-1);
  const isText = [...iterate(last?.children ?? [])].map((cell) => cell.getAttribute("class") === "text");
  const aligned = head.map((_, at) => (at === 0 || isText[at] === true ? "---" : "---:"));
  const caption = table.querySelector("caption");
  const lines = [head, aligned, ...body].map((cells) => `| ${cells.join(" | ")} |`);
  return [caption === null ? "" : `*${inline(caption)}*`, lines.join("\n")];
}

/** A cell's text for each column that it covers. */
const spread = (row: Element): string[] =>
  [...iterate(row.children)].flatMap((cell) =>
    Array.from({ length: Number(cell.getAttribute("colspan") ?? 1) }, () =>
      inline(cell).replaceAll("|", "\\|").replaceAll("\n", "<br>"),
    ),
  );

/** Text with emphasis, code and links; smaller print begins a line of its own where it follows other text. */
function inline(node: Node): string {
  return [...iterate(node.childNodes)]
    .map(inlinePart)
    .join("")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

function inlinePart(node: Node): string {
  if (node.nodeType === 3) return plain((node.textContent ?? "").replace(/\s+/g, " "));
  if (node.nodeType !== 1) return "";
  const element = node as Element;
  const name = element.localName;
  if (leftOut.has(name)) return "";
  if (name === "code") return code(element.textContent ?? "");
  const text = inline(element);
  if (text === "") return "";
  if (name === "small") return `\n${text}`;
  if (name === "b" || name === "strong") return `**${text}**`;
  if (name === "em") return `*${text}*`;
  const address = element.getAttribute("href");
  if (name === "a" && address !== null) return address.startsWith("#") ? text : `[${text}](${address})`;
  // A space that stood at the end within the element must not be lost: words would grow together.
  return `${text}${/\s$/.test(element.textContent ?? "") ? " " : ""}`;
}

/** Backticks within code need a longer fence around it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, "")}\n${fence}`;
}

/** What Markdown, or HTML within it, would take for its own; an interval in brackets is no link. */
const plain = (text: string): string =>
  text.replace(/\[[−+\d., ]+\]|[\\`*_[\]<>#&]/g, (found) => {
    if (found.length > 1) return found;
    return entities[found] ?? `\\${found}`;
  });

const entities: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

const iterate = <T>(all: ArrayLike<T>): Iterable<T> => Array.from(all);
