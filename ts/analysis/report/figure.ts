import { html, type Markup, raw } from "../document/markup.ts";
import { scrolling } from "./scrolling.ts";

/** A chart with its heading and what it shows in words. */
export const figure = (title: string, caption: string, svg: string): Markup => html`<figure>
<h3>${title}</h3>
${scrolling(`Chart: ${title}`, raw(svg), "chart")}
<figcaption>${caption}</figcaption>
</figure>`;
