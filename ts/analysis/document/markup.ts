import { escapeText } from "../../core/escape.ts";

/** Text that is HTML already; everything else is escaped where it meets {@link html}. */
export interface Markup {
  readonly markup: string;
}

type Content = string | number | Markup | readonly Content[] | null | undefined | false;

export const raw = (markup: string): Markup => ({ markup });

/** A template whose inserted texts are escaped; arrays are joined, null, undefined and false leave nothing. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Markup =>
  raw(parts.reduce((text, part, at) => text + part + (at < contents.length ? render(contents[at]) : ""), ""));

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (typeof content === "string") return escapeText(content);
  if (typeof content === "number") return String(content);
  if ("markup" in content) return content.markup;
  return content.map(render).join("");
}
