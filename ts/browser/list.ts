import { h, plural, shortMark, unseen } from "./dom.ts";

/** As the style has it, in pixels: with equal rows the place of each is known, and only those in sight are made. */
const rowHeight = 62;
const spareRows = 6;

export interface ListOptions {
  describe: (q: number) => {
    preview: string;
    marks: [outcome: string, label: string][];
    note: string;
    /** Marked or noted by the reader. */
    isNoted: boolean;
  };
  onMove: () => void;
  onEnter: () => void;
  /** Other keys than those that move; whether it was taken. */
  onKey: (key: string) => boolean;
}

/** A list box of any length. */
export class QuestionList {
  readonly box: HTMLElement;
  private readonly rows = h("div.rows", { role: "presentation" });
  private questions: number[] = [];
  /** A place in the list; -1: it is empty. */
  private active = -1;
  private readonly options: ListOptions;

  constructor(options: ListOptions) {
    this.options = options;
    this.box = h(
      "div.question-list",
      {
        role: "listbox",
        tabindex: 0,
        "aria-label": "Questions",
        onscroll: () => this.paint(),
        onkeydown: (event: KeyboardEvent) => this.pressed(event),
      },
      this.rows,
    );
    new ResizeObserver(() => this.paint()).observe(this.box);
  }

  /** How many there are, in words. */
  get count(): string {
    return plural(this.questions.length, "question");
  }

  /** The active question, undefined where there is none, and its place in the list. */
  get position(): { q: number | undefined; at: number; length: number } {
    return { q: this.questions[this.active], at: this.active, length: this.questions.length };
  }

  focus(): void {
    this.paint();
    this.box.focus({ preventScroll: true });
  }

  step(by: number): void {
    this.move(this.active + by);
  }

  /**
   * Shows these questions; the active one stays so where it is among them, else the first is.
   * @param fromTop the first is active in any case
   * @param wanted is active where it is among them
   */
  show(questions: number[], fromTop: boolean, wanted?: number): void {
    const before = wanted ?? (fromTop ? undefined : this.questions[this.active]);
    this.questions = questions;
    this.active = before === undefined ? -1 : questions.indexOf(before);
    if (this.active < 0) this.box.scrollTop = 0;
    if (questions.length === 0) this.paint();
    else this.move(Math.max(this.active, 0));
  }

  /** What is in sight, anew. */
  paint(): void {
    const { box, active, questions } = this;
    const first = Math.max(0, Math.floor(box.scrollTop / rowHeight) - spareRows);
    const bottom = Math.ceil((box.scrollTop + box.clientHeight) / rowHeight) + spareRows;
    const last = Math.min(questions.length, bottom);
    const places = Array.from({ length: Math.max(0, last - first) }, (_, row) => first + row);
    // The active one is there even out of sight: the box names it to those who listen.
    if (active >= 0 && (active < first || active >= last)) places.push(active);
    this.rows.style.height = `${questions.length * rowHeight}px`;
    this.rows.replaceChildren(...places.map((at) => this.row(at)));
    if (active >= 0) box.setAttribute("aria-activedescendant", `question-${active}`);
    else box.removeAttribute("aria-activedescendant");
  }

  private row(at: number): HTMLElement {
    const { preview, marks, note, isNoted } = this.options.describe(this.questions[at]!);
    const row = h(
      "div.question-row",
      {
        role: "option",
        id: `question-${at}`,
        "aria-selected": String(at === this.active),
        "aria-setsize": this.questions.length,
        "aria-posinset": at + 1,
        onclick: () => {
          this.move(at);
          this.options.onEnter();
        },
      },
      h("span.preview", isNoted && [h("span.star", "★"), unseen("marked or noted"), " "], preview),
      h(
        "span.marks",
        marks.map(([outcome, label]) => shortMark(outcome, label)),
        h("span.quiet.note", note),
      ),
    );
    row.style.top = `${at * rowHeight}px`;
    return row;
  }

  private move(to: number): void {
    const { box, questions } = this;
    if (questions.length === 0) return;
    this.active = Math.min(Math.max(to, 0), questions.length - 1);
    const [top, bottom] = [this.active * rowHeight, (this.active + 1) * rowHeight];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    this.paint();
    this.options.onMove();
  }

  private pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / rowHeight) - 1);
    const targets: Record<string, number> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.questions.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) this.move(target);
    else if (event.key === "Enter" && this.active >= 0) this.options.onEnter();
    else if (!this.options.onKey(event.key)) return;
    event.preventDefault();
  }
}
