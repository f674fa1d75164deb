import { diffWords, type Piece } from "./diff.ts";
import { type Child, h, unseen } from "./dom.ts";

/** A COT or the reference solution, by its name in the choice. */
export interface NamedText {
  label: string;
  text: string;
}

/** Two COTs of a question against each other, word by word; which two is chosen here. */
export function comparison(cots: NamedText[], chosen: [before: number, after: number]): HTMLElement {
  const shown = h("div.diff", { role: "region", "aria-label": "Differences", "aria-live": "polite" });
  const choice = (label: string, side: 0 | 1): HTMLSelectElement =>
    h(
      "select",
      { "aria-label": label, onchange: paint },
      cots.map((cot, at) => h("option", { value: at, selected: at === chosen[side] }, cot.label)),
    );
  const [from, to] = [choice("Compare from", 0), choice("Compare to", 1)];
  function paint(): void {
    const [before, after] = [cots[from.selectedIndex]?.text, cots[to.selectedIndex]?.text];
    if (before === undefined || after === undefined) return;
    if (before === after)
      shown.replaceChildren(h("p.quiet", "Word for word the same text:"), h("pre.cot", after));
    else shown.replaceChildren(h("pre.cot", diffWords(before, after).map(marked)));
  }
  paint();
  return h(
    "section.compare",
    h("h4", "Two COTs, word by word"),
    h("p.compare-choice", h("label", "from ", from), h("label", "to ", to)),
    h(
      "p.quiet.note",
      h("del", "struck through"),
      ": only in the first; ",
      h("ins", "underlined"),
      ": only in the second.",
    ),
    shown,
  );
}

/** Removed and added words differ by line and brackets as well as by colour. */
function marked({ kind, text }: Piece): Child {
  if (kind === "same") return text;
  return h(kind === "removed" ? "del" : "ins", unseen(`${kind}: `), text, unseen(` end of ${kind} `));
}
