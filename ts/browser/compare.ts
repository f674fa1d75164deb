/** @typedef {{ label: string, text: string }} Named */
import { diffWords } from "./diff.js";
import { h, unseen } from "./dom.js";

/**
 * Two COTs of a question against each other, word by word; which two is chosen here.
 * @param {Named[]} cots
 * @param {[before: number, after: number]} chosen
 */
export function comparison(cots, chosen) {
  const shown = h("div", {
    class: "diff",
    role: "region",
    "aria-label": "Differences",
    "aria-live": "polite",
  });
  const choice = [0, 1].map((side) =>
    h(
      "select",
      { "aria-label": side === 0 ? "Compare from" : "Compare to", onchange: () => paint() },
      ...cots.map(({ label }, at) => h("option", { value: at, selected: at === chosen[side] }, label)),
    ),
  );
  const [from, to] = choice;
  function paint() {
    const [before, after] = [cots[Number(from?.value)], cots[Number(to?.value)]];
    if (before === undefined || after === undefined) return;
    if (before.text === after.text)
      return shown.replaceChildren(
        h("p", { class: "quiet" }, "Word for word the same text:"),
        h("pre", { class: "cot" }, after.text),
      );
    const pieces = diffWords(before.text, after.text);
    shown.replaceChildren(h("pre", { class: "cot" }, ...pieces.map(piece)));
  }
  paint();
  return h(
    "section",
    { class: "compare" },
    h("h4", {}, "Two COTs, word by word"),
    h("p", { class: "compare-choice" }, h("label", {}, "from ", from), h("label", {}, "to ", to)),
    h(
      "p",
      { class: "quiet note" },
      h("del", {}, "struck through"),
      ": only in the first; ",
      h("ins", {}, "underlined"),
      ": only in the second.",
    ),
    shown,
  );
}

/** Removed and added words differ by line and brackets as well as by colour. @param {import("./diff.js").Piece} one */
function piece({ kind, text }) {
  if (kind === "same") return text;
  const [tag, before, after] =
    kind === "removed"
      ? /** @type {const} */ (["del", "removed: ", " end of removed "])
      : /** @type {const} */ (["ins", "added: ", " end of added "]);
  return h(tag, {}, unseen(before), text, unseen(after));
}
