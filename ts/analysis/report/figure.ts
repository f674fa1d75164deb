import { html, type Markup, raw } from "./markup.ts";

/** A chart with its heading and what it shows in words. */
export const figure = (title: string, caption: string, svg: string): Markup => html`<figure>
<h3>${title}</h3>
<div class="scroll chart">${raw(svg)}</div>
<figcaption>${caption}</figcaption>
</figure>`;
