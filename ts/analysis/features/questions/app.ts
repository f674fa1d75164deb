import { html, type Markup } from "../../document/markup.ts";
import { plural, whole } from "../../format.ts";
import { browserScript, browserStyle } from "../../generated/browser.ts";
import { bytesOf, chunkScript, type Packed } from "./numbers.ts";
import { scriptJson } from "./strings.ts";

/** The folder beside the page that holds what would make it too large. */
export const dataFolder = "report-data";

export interface DataFile {
  /** Inside {@link dataFolder}. */
  name: string;
  content: string;
}

/** In bytes. */
export interface Limits {
  /** Of a page with everything in it; a larger one keeps its texts in files beside it. */
  inPage: number;
  /** Of these files together: greedy answers are always there, samples of as many questions as fit. */
  beside: number;
}
export const mostInPage = 20_000_000;
export const mostBeside = 200_000_000;

export interface QuestionsApp {
  /** With its style, script and data, so that it can stand anywhere in a page. */
  html: string;
  /** Lie in {@link dataFolder} beside the page, which must then allow scripts from files; none: all lies in the page. */
  files: DataFile[];
}

/**
 * The browser of all questions with its data, which lie beside the page where they would make it too large.
 * @param room bytes that the page has for them
 */
export function questionsApp(packed: Packed, room: number): QuestionsApp {
  const { index, chunks } = packed;
  const beside = Buffer.byteLength(scriptJson(index)) + bytesOf(chunks) > room;
  const block = (name: string, json: string): string =>
    `<script type="application/json" id="data-${name}">${json}</script>`;
  const parts = [
    `<style>${browserStyle}</style>`,
    `<script>document.documentElement.classList.add("scripted")</script>`,
    html`<div id="browser" hidden>${introduction(packed, beside)}</div>`.markup,
    block("index", scriptJson({ ...index, folder: beside ? dataFolder : null })),
    ...(beside ? [] : chunks.map(({ name, json }) => block(name, json))),
    // Runs when the whole page has been read.
    `<script type="module">${browserScript}</script>\n`,
  ];
  const files = chunks.map((chunk) => ({
    name: `${chunk.name}.js`,
    content: chunkScript(index.stamp, chunk),
  }));
  return { html: parts.join("\n"), files: beside ? files : [] };
}

/** What the browser holds and where, in the page's words. */
function introduction({ index, chunks }: Packed, beside: boolean): Markup {
  const { ids, withSamples, methods } = index;
  const megabytes = Math.max(1, Math.round(bytesOf(chunks) / 1e6));
  const sampled =
    withSamples === 0
      ? "no samples"
      : withSamples === ids.length
        ? "all samples"
        : `the samples of ${whole(withSamples)} of them${index.tasks.length > 1 ? ", the tasks in turn" : ", the first of all"}`;
  return html`<p>${plural(ids.length, "question")} with the greedy answers of ${plural(methods.length, "method")} and ${sampled}. Choose two methods: the filter “flipped” lists the questions that one of them answers rightly and the other does not. Move in the list with the arrow keys; Enter goes to the question, Escape back to the list.${
    beside &&
    html` The texts lie in the folder <code>${dataFolder}</code> beside this page (about ${megabytes} MB) and are read when they are looked at: copy or move both together.`
  }</p>`;
}
