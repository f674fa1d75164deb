import { html, type Markup } from "../../document/markup.ts";
import { plural, whole } from "../../format.ts";
import { browserScript, browserStyle } from "../../generated/browser.ts";
import { bytesOf, chunkScript, type Packed } from "./numbers.ts";
import type { PackedIndex } from "./packed.ts";
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
  const page = appHtml(introduction(packed, beside), [
    { name: "index", json: scriptJson({ ...index, folder: beside ? dataFolder : null }) },
    ...(beside ? [] : chunks),
  ]);
  const files = chunks.map((chunk) => ({
    name: `${chunk.name}.js`,
    content: chunkScript(index.stamp, chunk),
  }));
  return { html: page, files: beside ? files : [] };
}

/** What the app reads from its page, by a name that is its own. */
interface DataBlock {
  name: string;
  /** JSON that is safe in a script. */
  json: string;
}

function appHtml(introduction: Markup, blocks: readonly DataBlock[]): string {
  return [
    `<style>${browserStyle}</style>`,
    `<script>document.documentElement.classList.add("scripted")</script>`,
    html`<div id="browser" hidden>${introduction}</div>`.markup,
    ...blocks.map(({ name, json }) => `<script type="application/json" id="data-${name}">${json}</script>`),
    // Runs when the whole page has been read.
    `<script type="module">${browserScript}</script>\n`,
  ].join("\n");
}

/** What a page has for the app. */
export interface AppData {
  index: PackedIndex;
  /** That lie in the page; none where they lie beside it. */
  chunks: DataBlock[];
}

/** Of a page as {@link questionsApp} fills it; undefined where it has none. */
export function appDataIn(page: string): AppData | undefined {
  const blocks = [...page.matchAll(/<script type="application\/json" id="data-([\w-]+)">([^<]*)<\/script>/g)];
  const chunks = blocks.map(([, name, json]): DataBlock => ({ name: name!, json: json! }));
  const index = chunks.find(({ name }) => name === "index");
  if (index === undefined) return undefined;
  return { index: JSON.parse(index.json), chunks: chunks.filter((block) => block !== index) };
}

/** A question's mark and note, as the reader has made them. */
export interface OwnNote {
  task: string;
  id: string;
  marked: boolean;
  text: string;
}

/**
 * The app alone, with the reader's own notes; its texts lie in `index.folder` beside the page.
 * @param address where a changed note is sent; null: they can only be read
 */
export function notedQuestionsApp(
  index: PackedIndex,
  notes: { address: string | null; notes: readonly OwnNote[] },
): string {
  const words = html`<p>Choose two methods: the filter “flipped” lists the questions that one of them answers rightly and the other does not. Arrow keys move in the list; Enter goes to the question, Escape back to the list${
    notes.address !== null && html`, m marks it; marks and notes are kept beside the run`
  }. The address in the browser’s bar is that of what is shown.</p>`;
  return appHtml(words, [
    { name: "index", json: scriptJson(index) },
    { name: "notes", json: scriptJson(notes) },
  ]);
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
