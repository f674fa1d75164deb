/** What is asked of the browser as the part of the page's address after its #: every state has a link. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";
import { type Settings, shows, sorts } from "./choose.ts";

const start = "#questions?";

/** The settings that differ from those at the start, and the question that is looked at. */
export function hashOf(index: PackedIndex, settings: Settings, first: Settings, q?: number): string {
  const words = new URLSearchParams();
  const add = <Key extends keyof Settings>(
    name: string,
    key: Key,
    value: (set: Settings[Key]) => unknown,
  ): void => {
    if (settings[key] !== first[key]) words.set(name, String(value(settings[key]) ?? ""));
  };
  add("method", "first", (at) => index.methods[at]?.label);
  add("with", "second", (at) => index.methods[at]?.label);
  add("show", "show", (show) => show);
  add("sort", "sort", (sort) => sort);
  add("task", "task", (at) => index.tasks[at]?.name);
  add("seed", "seed", (at) => index.seeds[at]);
  add("text", "text", (text) => text);
  add("regexp", "isPattern", () => 1);
  add("samples", "inSamples", () => 1);
  if (q !== undefined) {
    words.set("question", index.ids[q] ?? "");
    if (index.tasks.length > 1) words.set("of", index.tasks[index.taskOf[q] ?? 0]?.name ?? "");
  }
  return start + words;
}

/** What a link asks for; undefined where it leads to another part of the page. What is not there is left out. */
export function stateIn(
  index: PackedIndex,
  hash: string,
): { settings: Partial<Settings>; q: number | undefined } | undefined {
  if (!hash.startsWith(start)) return undefined;
  const words = new URLSearchParams(hash.slice(start.length));
  const settings: Partial<Settings> = {};
  const take = <Key extends keyof Settings>(
    name: string,
    key: Key,
    read: (word: string) => Settings[Key] | undefined,
  ): void => {
    const word = words.get(name);
    const value = word === null ? undefined : read(word);
    if (value !== undefined) settings[key] = value;
  };
  const placeIn = (names: readonly unknown[], word: string): number | undefined => {
    const at = names.findIndex((name) => String(name) === word);
    return at < 0 ? undefined : at;
  };
  const labels = index.methods.map(({ label }) => label);
  const tasks = index.tasks.map(({ name }) => name);
  take("method", "first", (word) => placeIn(labels, word));
  take("with", "second", (word) => placeIn(labels, word));
  take("show", "show", (word) => (Object.hasOwn(shows, word) ? (word as Settings["show"]) : undefined));
  take("sort", "sort", (word) => (Object.hasOwn(sorts, word) ? (word as Settings["sort"]) : undefined));
  take("task", "task", (word) => placeIn(tasks, word));
  take("seed", "seed", (word) => placeIn(index.seeds, word));
  take("text", "text", (word) => word);
  take("regexp", "isPattern", (word) => word === "1");
  take("samples", "inSamples", (word) => word === "1");
  const id = words.get("question");
  const task = placeIn(tasks, words.get("of") ?? "");
  const q = index.ids.findIndex((one, at) => one === id && (task === undefined || index.taskOf[at] === task));
  return { settings, q: q < 0 ? undefined : q };
}
