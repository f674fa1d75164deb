import { chartStyle } from "../charts/palette.ts";
import { isMarked } from "./html.ts";
import type { Block, Cell, Chart, Inline, Report, Section, Table, Top } from "./model.ts";
import { momentText, plainText } from "./text.ts";

/** The report as Markdown, and its charts as SVG files that stand alone, by their name within `charts/`. */
export interface MarkdownReport {
  markdown: string;
  charts: Record<string, string>;
}

/** What is folded away on the page stands open; an app gives way to what stands in its place. */
export function renderMarkdown({
  kind,
  title,
  description,
  introduction,
  top,
  sections,
  footer,
}: Report): MarkdownReport {
  const blocks = [
    line(kind),
    `# ${line(title)}`,
    line(description),
    ...(top === undefined ? [] : topMarkdown(top)),
    line(introduction),
    ...sections.flatMap(sectionMarkdown),
    line(footer),
  ];
  const charts = [...(top?.blocks ?? []), ...sections]
    .flatMap(chartsIn)
    .map(({ file, svg }) => [`${file}.svg`, standingAlone(svg)]);
  return {
    markdown: `${blocks.filter((block) => block !== "").join("\n\n")}\n`,
    charts: Object.fromEntries(charts),
  };
}

const topMarkdown = ({ verdict, basis, warnings, blocks }: Top): string[] => [
  `**${line(verdict)}**`,
  line(basis),
  warnings.map(({ label, text }) => `- **${plain(label)}**: ${plain(text)}`).join("\n"),
  ...blocks.flatMap(blockMarkdown),
];

const sectionMarkdown = ({ title, blocks }: Section): string[] => [
  `## ${line(title)}`,
  ...blocks.flatMap(blockMarkdown),
];

/** A block's parts, which empty lines divide. */
export function blockMarkdown(block: Block): string[] {
  switch (block.block) {
    case "section":
      return sectionMarkdown(block);
    case "heading":
      return [`### ${line(block.content)}`];
    case "paragraph":
      return [line(block.content)];
    case "list":
      return [block.items.map((item) => `- ${line(item)}`).join("\n")];
    case "facts":
      return [
        block.entries.map(([term, description]) => `- **${line(term)}**: ${line(description)}`).join("\n"),
      ];
    case "table":
      return tableMarkdown(block);
    case "chart":
      return chartMarkdown(block, "###");
    case "board":
      return block.tiles.flatMap((tile) => chartMarkdown(tile, "##"));
    case "details":
      return [`**${line(block.summary)}**`, ...block.blocks.flatMap(blockMarkdown)];
    case "preformatted":
      return [fenced(block.text)];
    case "app":
      return block.instead.flatMap(blockMarkdown);
  }
}

const chartMarkdown = ({ title, file, caption }: Chart, level: string): string[] => [
  `${level} ${line(title)}`,
  `![${plain(title)}](charts/${file}.svg)`,
  line(caption),
];

function chartsIn(block: Block): Chart[] {
  if (block.block === "chart") return [block];
  if (block.block === "board") return [...block.tiles];
  if (block.block === "section" || block.block === "details") return block.blocks.flatMap(chartsIn);
  return block.block === "app" ? block.instead.flatMap(chartsIn) : [];
}

/** With the colours for dark pages, and a font: nothing around it gives them. */
const standingAlone = (svg: string): string =>
  `${svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg font-family="system-ui, sans-serif" ${attributes}><style>${chartStyle(svg)}</style>`)}\n`;

/** With one row of heads: a head over several columns goes before each of theirs. */
function tableMarkdown({ caption, columns, groups = [], rows }: Table): string[] {
  const over = ["", ...groups.flatMap(({ head, columns: count }) => Array<string>(count).fill(cell(head)))];
  const heads = columns.map((column) => cell(typeof column === "string" ? column : column.head));
  const head = heads.map((text, at) => [over[at] ?? "", text].filter((part) => part !== "").join(": "));
  const aligned = columns.map((column, at) =>
    at === 0 || (typeof column !== "string" && (column.kind === "text" || column.kind === "counts"))
      ? "---"
      : "---:",
  );
  const body = rows.map(({ head: name, cells }) => [cell(name), ...cells.map(cell)]);
  const lines = [head, aligned, ...body].map((cells) => `| ${cells.join(" | ")} |`);
  return [plainText(caption) === "" ? "" : `*${line(caption)}*`, lines.join("\n")].filter(
    (part) => part !== "",
  );
}

const cell = (content: Cell): string =>
  line(isMarked(content) ? content.content : content)
    .replaceAll("|", "\\|")
    .replaceAll("\n", "<br>");

/** Text with emphasis, code and links; smaller print begins a line of its own where it follows other text. */
const line = (content: Inline): string =>
  part(content)
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();

function part(content: Inline): string {
  if (content === null || content === undefined || content === false) return "";
  if (typeof content !== "object") return plain(String(content).replace(/\s+/g, " "));
  if ("moment" in content) return momentText(content.moment);
  if (!("content" in content)) return content.map(part).join("");
  const inner = part(content.content).trim();
  if (inner === "") return "";
  if ("hint" in content) return inner;
  if ("address" in content) return content.address.startsWith("#") ? inner : `[${inner}](${content.address})`;
  if (content.style === "code" || content.style === "digest") return code(plainText(content.content));
  if (content.style === "small" || content.style === "difference") return `\n${inner}`;
  if (content.style === "strong") return `**${inner}**`;
  if (content.style === "emphasis") return `*${inner}*`;
  return inner;
}

/** Backticks within code need a longer fence around it. */
function code(text: string): string {
  const longest = longestRun(text, 0);
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

function fenced(text: string): string {
  const fence = "`".repeat(longestRun(text, 2) + 1);
  return `${fence}\n${text.replace(/\n$/, "")}\n${fence}`;
}

const longestRun = (text: string, least: number): number =>
  Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** What Markdown, or HTML within it, would take for its own; an interval in brackets is no link. */
const plain = (text: string): string =>
  text.replace(/\[[−+\d., ]+\]|[\\`*_[\]<>#&]/g, (special) =>
    special.length > 1 ? special : (entities[special] ?? `\\${special}`),
  );

const entities: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };
