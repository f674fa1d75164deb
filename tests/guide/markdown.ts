/** Markdown as far as the guide's tests need it: fenced blocks with what is said about them, links and headings. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../ts/core/project.ts";

/** A comment right above a block says what the tests do with it; a reader of the page does not see it. */
export interface Block {
  /** File and line of the block's fence, for messages. */
  where: string;
  language: string;
  text: string;
  /** `not run: needs a GPU`, `fails: 2`, `file: my-rows.csv`, `prints`; "" where nothing is said. */
  marker: string;
}

export const guideFolder = join(projectRoot, "experiments", "guide");

/** The guide's pages in the order in which they are read: that of index.md's links. */
export function guidePages(): string[] {
  const index = readFileSync(join(guideFolder, "index.md"), "utf8");
  const linked = linksIn(index).flatMap(({ target }) => /^([\w-]+\.md)(#.*)?$/.exec(target)?.[1] ?? []);
  return [...new Set(["index.md", ...linked])];
}

/** README and AGENTS.md, too, have commands and settings that must hold; seen from the guide's folder. */
export const testedPages = (): string[] => [...guidePages(), "../../README.md", "../../AGENTS.md"];

export const guideFiles = (): string[] => readdirSync(guideFolder).filter((name) => name.endsWith(".md"));

export const blocksOf = (page: string): Block[] =>
  blocksIn(readFileSync(join(guideFolder, page), "utf8"), page);

export function blocksIn(markdown: string, page: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(\w*)$/.exec(lines[at]!)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: a block without an end`);
    const marker = /^<!-- (.+) -->$/.exec(lines[at - 1] ?? "")?.[1] ?? "";
    blocks.push({ where: `${page}:${at + 1}`, language, text: lines.slice(at + 1, end).join("\n"), marker });
    at = end;
  }
  return blocks;
}

/** What stands after `name:` in a marker, if it is of that name. */
export const marked = ({ marker }: Block, name: string): string | undefined =>
  marker.startsWith(`${name}: `) ? marker.slice(name.length + 2) : undefined;

/** The commands of a shell block, a line each, without comments; a backslash joins lines. */
export const commandsOf = ({ text }: Block): string[] =>
  text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(^| )#.*$/, "").trim())
    .filter((line) => line !== "");

/** A command's words, with quotes taken off; the guide uses no other shell syntax within words. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/['"]/g, ""));

export interface Link {
  target: string;
  line: number;
}

/** Links and pictures outside code. */
export function linksIn(markdown: string): Link[] {
  return textLines(markdown).flatMap(({ text, line }) =>
    [...text.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({
      target: target!,
      line,
    })),
  );
}

/** The anchors that GitHub gives a page's headings. */
export function anchorsIn(markdown: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const { text } of textLines(markdown)) {
    const heading = /^#{1,6} (.+)$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

function textLines(markdown: string): { text: string; line: number }[] {
  let fenced = false;
  return markdown.split("\n").flatMap((text, at) => {
    if (text.startsWith("```")) fenced = !fenced;
    return fenced ? [] : [{ text, line: at + 1 }];
  });
}
