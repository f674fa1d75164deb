import { html, type Markup, raw } from "../../document/markup.ts";
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

/** Where the browser stands in a page that is made before anyone knows how large it gets. No text of a run can hold it. */
export const browserPlace = raw("<!--examples browser-->");

/** The page with the app in its place. */
export function withQuestions(page: string, packed: Packed, inPage: number): QuestionsApp {
  const { html: app, files } = questionsApp(packed, inPage - Buffer.byteLength(page));
  const [before = "", after = ""] = page.split(browserPlace.markup);
  // Opened from a disk, a page and the files beside it are of no common origin: only the scheme can be allowed.
  const allowed =
    files.length > 0
      ? before.replace("script-src 'unsafe-inline'", "script-src 'unsafe-inline' 'self' file:")
      : before;
  return { html: allowed + app + after, files };
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
