/** What every page has around what it shows. */

import { liveScript } from "../analysis/generated/browser.ts";
import { chartStyle, html, type Markup, pageStyle, raw } from "../analysis/index.ts";
import { home, linkTo, type Path } from "./links.ts";
import { viewStyle } from "./style.ts";

export interface Page {
  path: Path;
  title: string;
  /** Beside the title. */
  state?: Markup | undefined;
  /** In words, below the title. */
  lead?: Markup | undefined;
  parts: readonly (Part | undefined)[];
  /** Something that the page shows goes on. */
  isRunning?: boolean;
  /** Has a script of its own, and reads others that lie beside it. */
  hasApp?: boolean;
}

/** A piece of a page, which is put in the place of an older one where it has changed. */
export interface Part {
  /** Unique on its page. */
  id: string;
  title?: string;
  content: Markup;
}

/** @param live undefined: the page is a file, and stays as it is */
export function renderPage(page: Page, { live }: { live: boolean }): string {
  const { path, title, state, lead, parts, isRunning = false, hasApp = false } = page;
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    // Opened from a disk, a page and the scripts beside it are of no common origin: only the scheme can be allowed.
    hasApp
      ? "script-src 'unsafe-inline' 'self' file:; worker-src blob:"
      : live && "script-src 'unsafe-inline'",
    live && "connect-src 'self'; form-action 'self'",
    "img-src data:; base-uri 'none'",
  ].filter((rule) => rule !== false);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${raw(policy.join("; "))}">
<link rel="icon" href="data:,">
<title>${title}${path !== home && ", AFT"}</title>
<style>${raw(pageStyle)}${raw(chartStyle())}${raw(viewStyle)}</style>
</head>
<body class="view" data-running="${String(isRunning)}">
<header class="view-head">
<p class="quiet">${path === home ? "Alignment fine-tuning" : html`<a href="${linkTo(home, path)}">All runs</a>`}${live && html` <span class="live-state" role="status"></span>`}</p>
<h1>${title}</h1>
</header>
<main class="view-main">
${(state !== undefined || lead !== undefined) && html`<div data-part="state" class="view-lead">${state} ${lead}</div>`}
${parts.map((part) => part !== undefined && partHtml(part))}
</main>
${live && !hasApp && html`<script type="module">${raw(liveScript)}</script>`}
</body>
</html>
`.markup;
}

const partHtml = ({ id, title, content }: Part): Markup =>
  html`<section data-part="${id}"${title !== undefined && html` aria-labelledby="${id}"`}>
${title !== undefined && html`<h2 id="${id}">${title}</h2>`}
${content}
</section>
`;
