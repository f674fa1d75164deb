/**
 * The filters above the list.
 * @typedef {import("./unpack.js").PackedIndex} PackedIndex
 * @typedef {{ first: number, second: number, seed: number, task: number, show: string, sort: string, text: string,
 *   inSamples: boolean }} Settings `first` and `second` are methods
 */
import { shows, sorts } from "./choose.js";
import { h } from "./dom.js";

/**
 * @param {PackedIndex} index
 * @param {Settings} settings changed in place
 * @param {(what: "filter" | "text") => void} onChange
 */
export function controls(index, settings, onChange) {
  const methods = index.methods.map(({ label }, at) => /** @type {[string, string]} */ ([String(at), label]));
  const show = selectOf("Show", entriesOf(shows, settings), settings.show, (value) => {
    settings.show = value;
  });
  const sort = selectOf("Sort by", entriesOf(sorts, settings), settings.sort, (value) => {
    settings.sort = value;
  });
  /** @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} set */
  function selectOf(label, options, value, set) {
    const select = h(
      "select",
      {
        onchange: () => {
          set(select.value);
          rename();
          onChange("filter");
        },
      },
      ...options.map(([key, text]) => h("option", { value: key, selected: key === value }, text)),
    );
    return h("label", {}, h("span", {}, label), select);
  }
  /** The names of the two methods stand in the filters' words. */
  function rename() {
    for (const [label, words] of /** @type {const} */ ([
      [show, shows],
      [sort, sorts],
    ]))
      for (const [at, [, text]] of entriesOf(words, settings).entries()) {
        const option = label.querySelector("select")?.options[at];
        if (option !== undefined) option.textContent = text;
      }
  }
  /** @param {Record<string, string>} words @param {Settings} of @returns {[string, string][]} */
  function entriesOf(words, { first, second }) {
    const [a, b] = [index.methods[first]?.label ?? "A", index.methods[second]?.label ?? "B"];
    return Object.entries(words).map(([key, text]) => [key, text.replace("{A}", a).replace("{B}", b)]);
  }
  const search = h("input", {
    type: "search",
    placeholder: "in questions and COTs",
    oninput: () => {
      settings.text = search.value;
      onChange("text");
    },
  });
  const inSamples = h("input", {
    type: "checkbox",
    onchange: () => {
      settings.inSamples = inSamples.checked;
      onChange("filter");
    },
  });
  return h(
    "div",
    { class: "controls", role: "search", "aria-label": "Filter the questions" },
    selectOf("Method", methods, String(settings.first), (value) => {
      settings.first = Number(value);
    }),
    selectOf("compared with", methods, String(settings.second), (value) => {
      settings.second = Number(value);
    }),
    show,
    sort,
    index.tasks.length > 1 &&
      selectOf(
        "Task",
        [
          ["-1", "all tasks"],
          ...index.tasks.map(({ name }, at) => /** @type {[string, string]} */ ([String(at), name])),
        ],
        "-1",
        (value) => {
          settings.task = Number(value);
        },
      ),
    index.seeds.length > 1 &&
      selectOf(
        "Seed",
        index.seeds.map((seed, at) => [String(at), String(seed)]),
        "0",
        (value) => {
          settings.seed = Number(value);
        },
      ),
    h("label", { class: "search" }, h("span", {}, "Search"), search),
    index.withSamples > 0 && h("label", { class: "check" }, inSamples, " in sampled COTs too"),
  );
}
