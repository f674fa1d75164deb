import type { PackedIndex, SampleChunk, TextChunk } from "../analysis/features/questions/packed.ts";
import { placeOf } from "./data.ts";
import { questionDetail, type Shown } from "./detail.ts";
import { h, nodes } from "./dom.ts";
import type { QuestionList } from "./list.ts";
import type { Notes } from "./notes.ts";
import { type ReadChunk, unpackSamples, unpackTexts } from "./unpack.ts";

export interface PanelOptions {
  index: PackedIndex;
  readChunk: ReadChunk;
  list: QuestionList;
  shown: () => Shown;
  notes: Notes | undefined;
  /** Back to the list. */
  onBack: () => void;
}

/** The active question, beside the list or, where there is no room for both, in its place. */
export class QuestionPanel {
  readonly box: HTMLElement;
  /** What is in sight, or about to be: it is not made again under a reader who has opened something in it. */
  private shownKey = "";
  private showing = Promise.resolve();
  private readonly options: PanelOptions;

  constructor(options: PanelOptions) {
    this.options = options;
    const onkeydown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      options.onBack();
    };
    this.box = h("div.detail", { role: "region", "aria-label": "The chosen question", onkeydown });
  }

  /** Ends when the active question is in sight. */
  show(): Promise<void> {
    const { q, ...position } = this.options.list.position;
    if (q === undefined) return Promise.resolve();
    const shown = this.options.shown();
    const key = JSON.stringify([q, shown, position]);
    if (key !== this.shownKey) {
      this.shownKey = key;
      this.showing = this.paint(q, shown, () => key === this.shownKey);
    }
    return this.showing;
  }

  async showAndFocus(): Promise<void> {
    await this.show();
    this.box.querySelector<HTMLElement>(".question-text")?.focus({ preventScroll: hasRoomForBoth() });
  }

  showNone(): void {
    this.shownKey = "";
    this.box.replaceChildren(h("p.quiet", "No question is like that. Choose less narrowly above."));
  }

  private async paint(q: number, shown: Shown, wanted: () => boolean): Promise<void> {
    const { index, readChunk, notes } = this.options;
    try {
      const [textPlace, samplePlace] = [placeOf(index.texts, q), placeOf(index.samples, q)];
      if (textPlace === undefined) return;
      const textChunk = await readChunk<TextChunk>(textPlace.name);
      const texts = unpackTexts(index, textChunk, textPlace.row, q);
      const samples =
        samplePlace && unpackSamples(await readChunk<SampleChunk>(samplePlace.name), samplePlace.row);
      if (!wanted()) return;
      const detail = questionDetail({ index, q, texts, samples, shown });
      this.box.replaceChildren(this.steps(), ...nodes([notes?.editor(q), ...detail]));
      // Whoever was far down in a long one begins at the top of the next.
      if (this.box.getBoundingClientRect().top < 0) this.box.scrollIntoView({ block: "start" });
    } catch (error) {
      if (!wanted()) return;
      this.shownKey = "";
      this.box.replaceChildren(h("p", { role: "alert" }, messageOf(error)));
    }
  }

  /** From one question to the next without the list. */
  private steps(): HTMLElement {
    const { list, onBack } = this.options;
    const { at, length } = list.position;
    const step = (text: string, by: number, disabled: boolean): HTMLElement => {
      const onclick = (): void => {
        list.step(by);
        this.showAndFocus();
      };
      return h("button", { type: "button", disabled, onclick }, text);
    };
    return h(
      "p.steps",
      h("button.back", { type: "button", onclick: onBack }, "Back to the list"),
      step("Previous", -1, at === 0),
      step("Next", 1, at === length - 1),
      h("span.quiet", `${(at + 1).toLocaleString("en-US")} of ${length.toLocaleString("en-US")}`),
    );
  }
}

/** Then the panel shows whatever is active; else the list is left for it. As the style has it. */
export const hasRoomForBoth = (): boolean => matchMedia("(min-width: 900px)").matches;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
