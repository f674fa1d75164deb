import { html, type Markup } from "../document/markup.ts";

/** What is wider than the page scrolls by itself, by keyboard too; the label is what a screen reader calls it. */
export const scrolling = (label: string, content: Markup, kind: "" | "chart" = ""): Markup =>
  html`<div class="scroll${kind && ` ${kind}`}" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
