import { chartStyle } from "../charts/palette.ts";
import { html, type Markup, raw } from "./markup.ts";
import type {
  Block,
  Board,
  Cell,
  Chart,
  Column,
  Inline,
  Report,
  Row,
  Section,
  Style,
  Table,
  Top,
} from "./model.ts";
import { pageStyle } from "./style.ts";
import { momentText, plainText } from "./text.ts";

/** A report as one page that holds all it shows and fetches nothing, but for an app that reads files beside it. */
export function renderHtml({
  kind,
  title,
  description,
  introduction,
  top,
  sections,
  footer,
}: Report): string {
  const readsFiles = sections.some(({ blocks }) =>
    blocks.some((block) => block.block === "app" && block.readsFiles),
  );
  // Opened from a disk, a page and the files beside it are of no common origin: only the scheme can be allowed.
  // The thread in which the app searches is a script of its own making.
  const scripts = readsFiles ? "'unsafe-inline' 'self' file:" : "'unsafe-inline'";
  const isTold = description !== undefined && description !== "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${raw(scripts)}; worker-src blob:; img-src data:">
<link rel="icon" href="data:,">
<title>${title}: ${kind.toLowerCase()}</title>
<style>${raw(pageStyle)}${raw(chartStyle())}${raw(switchStyle(top))}</style>
</head>
<body class="report">
<nav aria-label="Contents"><ol><li><a class="name" href="#top">${title}</a></li>${sections.map(({ id, contentsTitle }) => html`<li><a href="#${id}">${contentsTitle}</a></li>`)}</ol></nav>
<header id="top">
<p class="quiet kind">${kind}</p>
<h1>${title}</h1>
${isTold && html`<p class="lead">${description}</p>`}
${top !== undefined && topHtml(top)}
</header>
<main>
${top !== undefined && html`<div class="first">${top.blocks.map(blockHtml)}</div>`}
<p class="about">${inline(introduction)}</p>
${sections.map(sectionHtml)}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.markup;
}

const topHtml = ({
  verdict,
  tone,
  basis,
  warnings,
}: Top): Markup => html`<p class="verdict ${tone}">${inline(verdict)}</p>
<p class="basis">${inline(basis)}</p>
${warnings.length > 0 && html`<ul class="warnings" aria-label="Warnings">${warnings.map(({ label, text, address }) => html`<li><a class="badge warning" href="${address}" title="${text}">${label}</a></li>`)}</ul>`}`;

/** What is drawn of a method has its key for a class: a box that is not ticked hides it, without a script. */
const switchStyle = (top: Top | undefined): string =>
  (top?.blocks ?? [])
    .flatMap((block) => (block.block === "board" ? block.switches : []))
    .map(({ key }) => `body:has(#show-${key}:not(:checked)) svg .${key}{display:none}`)
    .join("");

/** Folded: a link to a place within opens it, and paper shows it all. */
const sectionHtml = ({ id, title, blocks }: Section): Markup =>
  html`<details class="part"><summary><h2 id="${id}-heading">${title}</h2></summary>
<section id="${id}" aria-labelledby="${id}-heading">
${blocks.map(blockHtml)}</section>
</details>
`;

/** A block, as it stands within a page. */
export function blockHtml(block: Block): Markup {
  return html`${elementOf(block)}
`;
}

function elementOf(block: Block): Markup {
  switch (block.block) {
    case "section":
      return sectionHtml(block);
    case "heading":
      return html`<h3${id(block.id)}>${inline(block.content)}</h3>`;
    case "paragraph":
      return html`<p${className(block.kind)}>${inline(block.content)}</p>`;
    case "list":
      return html`<ul${className(block.kind)}>${block.items.map((item) => html`<li>${inline(item)}</li>`)}</ul>`;
    case "facts":
      return html`<dl class="${block.kind ?? "facts"}">${block.entries.map(
        ([term, description]) => html`<dt>${inline(term)}</dt><dd>${inline(description)}</dd>
`,
      )}</dl>`;
    case "table":
      return scrolling(block.label, tableHtml(block));
    case "chart":
      return chartHtml(block);
    case "board":
      return boardHtml(block);
    case "details":
      return html`<details${className(block.kind)}${block.isOpen === true && html` open`}><summary>${inline(block.summary)}</summary>
${block.blocks.map(blockHtml)}</details>`;
    case "preformatted":
      return html`<pre tabindex="0"><code>${block.text}</code></pre>`;
    case "app":
      return html`${raw(block.html)}<div class="printed-examples">${block.instead.map(blockHtml)}</div>`;
  }
}

const className = (name: string | false | undefined): Markup | false =>
  name !== undefined && name !== false && name !== "" && html` class="${name}"`;

const id = (name: string | undefined): Markup | false => name !== undefined && html` id="${name}"`;

/** What is wider than the page scrolls by itself, by keyboard too; the label is what a screen reader calls it. */
export const scrolling = (label: string, content: Markup, kind: "" | " chart" = ""): Markup =>
  html`<div class="scroll${kind}" role="region" aria-label="${label}" tabindex="0">${content}</div>`;

const chartHtml = ({
  title,
  caption,
  svg,
  isWide,
}: Chart): Markup => html`<figure${className(isWide && "wide")}>
<h3>${title}</h3>
${scrolling(`Chart: ${title}`, raw(svg), " chart")}
<figcaption>${inline(caption)}</figcaption>
</figure>`;

const boardHtml = ({ switches, tiles }: Board): Markup => html`<div class="board">
${switches.length > 0 && html`<fieldset class="switches"><legend>Shown:</legend>${switches.map(({ key, label }) => html`<label><input type="checkbox" id="show-${key}" checked>${label}</label>`)}</fieldset>`}
<div class="tiles">${tiles.map(
  ({ title, caption, svg }) => html`<figure>
<h2>${title}</h2>
${raw(svg)}
<figcaption>${inline(caption)}</figcaption>
</figure>`,
)}</div></div>`;

function tableHtml({ caption, columns, groups = [], rows, kind }: Table): Markup {
  const heads = columns.map((column): Column => (typeof column === "string" ? { head: column } : column));
  const classes = kind === "tasks" ? "results by-task" : kind;
  const isCards = kind === "glance";
  return html`<table${className(classes)}>
<caption>${inline(caption)}</caption>
<thead>${
    groups.length > 0 &&
    html`<tr><td></td>${groups.map(({ head, columns: over, kind: group }) => html`<th scope="colgroup"${className(group)} colspan="${over}"><span>${inline(head)}</span></th>`)}</tr>
`
  }<tr>${heads.map((column) => html`<th scope="col"${className(column.kind === "cot" ? "" : kindOf(column))}>${inline(column.head)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => rowHtml(row, heads, isCards))}</tbody></table>`;
}

const kindOf = ({ kind = "number" }: Column): string =>
  kind === "number" ? "" : kind === "counts" ? "text counts" : kind;

const rowHtml = (
  { head, cells, baseline }: Row,
  [first, ...columns]: readonly Column[],
  isCard: boolean,
): Markup =>
  html`<tr${className(baseline === true && "baseline")}><th scope="row"${className(kindOf(first!))}>${inline(head)}</th>${cells.map((cell, at) => cellHtml(cell, columns[at]!, isCard))}</tr>
`;

/** @param isCard brings its column's head along */
function cellHtml(cell: Cell, column: Column, isCard: boolean): Markup {
  const marked = isMarked(cell) ? (cell.mark ?? "") : "";
  const classes = [kindOf(column), marked].filter((name) => name !== "").join(" ");
  const head = isCard && html` data-head="${plainText(column.head)}"`;
  return html`<td${className(classes)}${head}>${inline(isMarked(cell) ? cell.content : cell)}</td>`;
}

export const isMarked = (cell: Cell): cell is Extract<Cell, { mark: unknown }> =>
  typeof cell === "object" && cell !== null && "mark" in cell;

const elements: Partial<Record<Style, readonly [open: string, close: string]>> = {
  strong: ["<b>", "</b>"],
  emphasis: ["<em>", "</em>"],
  small: ["<small>", "</small>"],
  difference: ['<small class="difference">', "</small>"],
  code: ["<code>", "</code>"],
  digest: ['<code class="digest">', "</code>"],
};

/** Text within a line. */
export function inline(content: Inline): Markup | string | number | false | readonly Markup[] {
  if (content === null || content === undefined || typeof content !== "object") return content ?? false;
  if (!("style" in content || "hint" in content || "address" in content || "moment" in content))
    return content.map((part) => html`${inline(part)}`);
  if ("hint" in content) return html`<abbr title="${content.hint}">${inline(content.content)}</abbr>`;
  if ("address" in content)
    return html`<a href="${content.address}"${content.label !== undefined && html` aria-label="${content.label}"`}>${inline(content.content)}</a>`;
  if ("moment" in content)
    return html`<time datetime="${content.moment}">${momentText(content.moment)}</time>`;
  if (plainText(content.content) === "") return false;
  const [open, close] = elements[content.style] ?? [`<span class="${content.style}">`, "</span>"];
  return html`${raw(open)}${inline(content.content)}${raw(close)}`;
}
