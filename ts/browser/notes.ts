/** The reader's own marks and notes on questions, where the page is served with them: kept beside the run, by task and id. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";
import { h } from "./dom.ts";

interface Note {
  marked: boolean;
  text: string;
}

/** As the page brings them. */
interface NotesData {
  /** Where a change is sent; null: they can only be read. */
  address: string | null;
  notes: (Note & { task: string; id: string })[];
}

const none: Note = { marked: false, text: "" };
/** As the server has it. */
const longestText = 10_000;

export class Notes {
  /** By the question's place in the index. */
  private readonly notes = new Map<number, Note>();
  private readonly index: PackedIndex;
  private readonly address: string | null;
  /** What the editor shows: a mark may be set by a key, too, while a note is being written. */
  private edited: { q: number; mark: HTMLElement } | undefined;
  /** Told when a question's mark or note is another. */
  onChange: () => void = () => {};

  /** Undefined: the page has none. */
  static of(index: PackedIndex): Notes | undefined {
    const element = document.getElementById("data-notes");
    return element === null ? undefined : new Notes(index, JSON.parse(element.textContent ?? ""));
  }

  private constructor(index: PackedIndex, { address, notes }: NotesData) {
    this.index = index;
    this.address = address;
    const places = new Map(index.ids.map((_, q) => [this.keyOf(q), q]));
    for (const { task, id, marked, text } of notes) {
      const q = places.get(JSON.stringify([task, id]));
      if (q !== undefined) this.notes.set(q, { marked, text });
    }
  }

  at(q: number): Note {
    return this.notes.get(q) ?? none;
  }

  has(q: number): boolean {
    const { marked, text } = this.at(q);
    return marked || text !== "";
  }

  get areWritable(): boolean {
    return this.address !== null;
  }

  private keyOf(q: number): string {
    return JSON.stringify([this.index.tasks[this.index.taskOf[q] ?? 0]?.name ?? "", this.index.ids[q]]);
  }

  /** Shown at once and sent; rejects where it could not be kept. */
  async change(q: number, change: Partial<Note>): Promise<void> {
    const note = { ...this.at(q), ...change };
    this.notes.set(q, note);
    this.onChange();
    if (this.edited?.q === q) this.edited.mark.setAttribute("aria-pressed", String(note.marked));
    if (this.address === null) return;
    const [task, id] = JSON.parse(this.keyOf(q));
    const response = await fetch(this.address, {
      method: "POST",
      // Also when the page is left before the answer has come.
      keepalive: true,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ task, id, ...note }),
    });
    if (!response.ok) throw new Error((await response.text()).trim() || `answer ${response.status}`);
  }

  /** The mark and the note of a question, to read or to write. */
  editor(q: number): HTMLElement | undefined {
    const { marked, text } = this.at(q);
    if (!this.areWritable)
      return this.has(q)
        ? h(
            "div.own-note",
            h("p", marked && h("b.star", "★ marked "), text !== "" && h("span.note-text", text)),
          )
        : undefined;
    const state = h("span.quiet", { role: "status" });
    const keep = (change: Partial<Note>): void => {
      this.change(q, change).then(
        () => {
          state.textContent = "kept";
        },
        (error: unknown) => {
          state.textContent = `not kept: ${error instanceof Error ? error.message : error}`;
        },
      );
    };
    const mark = h("button.mark-button", { type: "button", "aria-pressed": String(marked) }, "★ Mark");
    this.edited = { q, mark };
    mark.addEventListener("click", () => keep({ marked: !this.at(q).marked }));
    const area = h("textarea", { rows: 1, maxlength: longestText, placeholder: "a note of your own" }, text);
    let timer = 0;
    let kept = text;
    const keepText = (): void => {
      clearTimeout(timer);
      if (area.value === kept) return;
      kept = area.value;
      keep({ text: kept });
    };
    area.addEventListener("input", () => {
      clearTimeout(timer);
      state.textContent = "";
      timer = window.setTimeout(keepText, 600);
    });
    area.addEventListener("change", keepText);
    return h("div.own-note", mark, h("label", h("span.unseen", "Note"), area), state);
  }
}
