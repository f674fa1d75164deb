import { chartStyle } from "../charts/palette.ts";
import { html, type Markup, raw } from "../document/markup.ts";
import { pageStyle } from "../document/style.ts";

export interface Section {
  /** Of its heading. */
  id: string;
  title: string;
  /** Empty: the section is left out. */
  content: Markup;
}

/** One page that holds all it shows and fetches nothing. */
export function pageShell(page: {
  /** What kind of page it is. */
  kind: string;
  name: string;
  description?: string | undefined;
  /** What it is about, for a reader who knows nothing of it. */
  intro: Markup;
  sections: readonly Section[];
  footer: string;
  style?: string;
  script?: string;
}): string {
  const { kind, name, description = "", intro, footer, style = "", script } = page;
  const sections = page.sections.filter(({ content }) => content.markup !== "");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${name}: ${kind.toLowerCase()}</title>
<style>${raw(pageStyle)}${raw(style)}${raw(chartStyle)}</style>
</head>
<body>
<header>
<p class="quiet">${kind}</p>
<h1>${name}</h1>
${description !== "" && html`<p class="lead">${description}</p>`}
${intro}
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main>
${sections.map(
  ({ content }) => html`${content}
`,
)}</main>
<footer><p>${footer}</p></footer>
${script !== undefined && html`<script type="module">${raw(script)}</script>`}
</body>
</html>
`.markup;
}

/** What the method is, in the words with which every page begins. */
export const whatItIs = html`A language model that was fine-tuned on worked solutions (vanilla fine-tuning, VFT) may give a wrong solution to a question a higher probability than a right one that it can also produce: <em>assessment misalignment</em>. Alignment fine-tuning (AFT, <a href="https://arxiv.org/abs/2309.02144">arXiv 2309.02144</a>) lets the model sample several chains of thought (COTs) to each training question, judges each by its final answer, and trains on with a loss that raises right solutions above wrong ones. A constraint – detached (DC) or boundary (BC) – keeps that loss from pushing wrong ones down without a limit, since much in them is good text.`;
