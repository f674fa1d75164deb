import { h, plural, shortMark } from "./dom.js";

/** As the style has it, in pixels: with equal rows the place of each is known, and only those in sight are made. */
const rowHeight = 62;
const spare = 6;

/**
 * A list box of any length.
 * @param {{ describe: (q: number) => { preview: string, marks: [outcome: string, label: string][], note: string },
 *   onMove: (q: number) => void, onEnter: () => void }} options
 */
export function questionList({ describe, onMove, onEnter }) {
  /** @type {number[]} */
  let questions = [];
  let active = -1;
  const rows = h("div", { class: "rows", role: "presentation" });
  const box = h(
    "div",
    {
      class: "question-list",
      role: "listbox",
      tabindex: "0",
      "aria-label": "Questions",
      onscroll: () => paint(),
      onkeydown: pressed,
    },
    rows,
  );
  new ResizeObserver(() => paint()).observe(box);

  function paint() {
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - spare);
    const last = Math.min(
      questions.length,
      Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + spare,
    );
    const wanted = [];
    for (let at = first; at < last; at++) wanted.push(at);
    // The active one is there even out of sight: the box names it to those who listen.
    if (active >= 0 && (active < first || active >= last)) wanted.push(active);
    rows.style.height = `${questions.length * rowHeight}px`;
    rows.replaceChildren(...wanted.map(option));
    if (active >= 0) box.setAttribute("aria-activedescendant", `question-${active}`);
    else box.removeAttribute("aria-activedescendant");
  }

  /** @param {number} at */
  function option(at) {
    const { preview, marks, note } = describe(questions[at] ?? 0);
    const row = h(
      "div",
      {
        class: "question-row",
        role: "option",
        id: `question-${at}`,
        "aria-selected": at === active ? "true" : "false",
        "aria-setsize": questions.length,
        "aria-posinset": at + 1,
        onclick: () => {
          move(at);
          onEnter();
        },
      },
      h("span", { class: "preview" }, preview),
      h(
        "span",
        { class: "marks" },
        ...marks.map(([outcome, label]) => shortMark(outcome, label)),
        h("span", { class: "quiet note" }, note),
      ),
    );
    row.style.top = `${at * rowHeight}px`;
    return row;
  }

  /** @param {number} to */
  function move(to) {
    if (questions.length === 0) return;
    active = Math.min(Math.max(to, 0), questions.length - 1);
    const [top, bottom] = [active * rowHeight, (active + 1) * rowHeight];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    paint();
    onMove(questions[active] ?? 0);
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(box.clientHeight / rowHeight) - 1);
    /** @type {Record<string, number>} */
    const targets = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: questions.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) move(target);
    else if (event.key === "Enter" && active >= 0) onEnter();
    else return;
    event.preventDefault();
  }

  return {
    box,
    /** How many there are, in words. */
    count: () => plural(questions.length, "question"),
    active: () => questions[active],
    focus: () => box.focus({ preventScroll: true }),
    /** @param {number} by */
    step: (by) => move(active + by),
    place: () => ({ at: active, of: questions.length }),
    /**
     * Shows these questions; the active one stays so where it is among them, else the first is.
     * @param {number[]} next
     * @param {boolean} [fromTop] the first is active in any case
     */
    show(next, fromTop = false) {
      const before = fromTop ? undefined : questions[active];
      questions = next;
      active = before === undefined ? -1 : questions.indexOf(before);
      if (active < 0) box.scrollTop = 0;
      if (questions.length === 0) {
        active = -1;
        paint();
      } else move(Math.max(active, 0));
    },
    paint,
  };
}
