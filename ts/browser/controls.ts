/** The filters above the list. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";
import { type Settings, type Show, type Sort, shows, sorts } from "./choose.ts";
import { h } from "./dom.ts";

/** A choice among a setting's values. */
type ChoiceSetting = "first" | "second" | "show" | "sort" | "task" | "seed";

/**
 * @param settings changed in place
 * @param onChange is told what was changed: a text is still being typed
 */
export function controls(
  index: PackedIndex,
  settings: Settings,
  { hasNotes, onChange }: { hasNotes: boolean; onChange: (change: "filter" | "text") => void },
): HTMLElement {
  /** Options with the names of the two methods in their words, and so written again when another method is chosen. */
  const renames: (() => void)[] = [];
  const withMethods = (words: string): string =>
    words
      .replace("{A}", index.methods[settings.first]?.label ?? "A")
      .replace("{B}", index.methods[settings.second]?.label ?? "B");
  function selectOf<Key extends ChoiceSetting>(
    label: string,
    key: Key,
    options: [value: Settings[Key], words: string][],
  ): HTMLElement {
    const select = h(
      "select",
      {
        onchange: () => {
          settings[key] = options[select.selectedIndex]![0];
          for (const rename of renames) rename();
          onChange("filter");
        },
      },
      options.map(([value, words]) =>
        h("option", { value, selected: value === settings[key] }, withMethods(words)),
      ),
    );
    renames.push(() => {
      for (const [at, [, words]] of options.entries()) select.options[at]!.textContent = withMethods(words);
    });
    return h("label", h("span", label), select);
  }
  const methods = index.methods.map(({ label }, at): [number, string] => [at, label]);
  const tasks = index.tasks.map(({ name }, at): [number, string] => [at, name]);
  const seeds = index.seeds.map((seed, at): [number, string] => [at, String(seed)]);
  const search = h("input", {
    type: "search",
    placeholder: "in questions and COTs",
    value: settings.text,
    oninput: () => {
      settings.text = search.value;
      onChange("text");
    },
  });
  const check = (key: "isPattern" | "inSamples", words: string): HTMLElement => {
    const box = h("input", {
      type: "checkbox",
      checked: settings[key],
      onchange: () => {
        settings[key] = box.checked;
        onChange("filter");
      },
    });
    return h("label.check", box, ` ${words}`);
  };
  return h(
    "div.controls",
    { role: "search", "aria-label": "Filter the questions" },
    selectOf("Method", "first", methods),
    selectOf("compared with", "second", methods),
    selectOf(
      "Show",
      "show",
      optionsOf<Show>(shows).filter(([show]) => hasNotes || show !== "noted"),
    ),
    selectOf("Sort by", "sort", optionsOf<Sort>(sorts)),
    tasks.length > 1 && selectOf("Task", "task", [[-1, "all tasks"], ...tasks]),
    seeds.length > 1 && selectOf("Seed", "seed", seeds),
    h("label.search", h("span", "Search"), search),
    check("isPattern", "regular expression"),
    index.withSamples > 0 && check("inSamples", "in sampled COTs too"),
  );
}

const optionsOf = <Key extends string>(table: Record<Key, { words: string }>): [Key, string][] =>
  (Object.keys(table) as Key[]).map((key) => [key, table[key].words]);
