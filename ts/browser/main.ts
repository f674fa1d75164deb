/** The questions' browser in the reader's browser: filters above a list, and beside it the question that is active there. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";
import { choose, type Settings } from "./choose.ts";
import { controls } from "./controls.ts";
import { chunkReader, readIndex } from "./data.ts";
import { h, plural } from "./dom.ts";
import { QuestionList } from "./list.ts";
import { Notes } from "./notes.ts";
import { hasRoomForBoth, messageOf, QuestionPanel } from "./panel.ts";
import { openExamplesOnPaper } from "./paper.ts";
import { PatternSearch } from "./pattern.ts";
import { placesOf, searchQuestions } from "./search.ts";
import { hashOf, stateIn } from "./state.ts";
import { labelOf } from "./unpack.ts";

function startBrowser(index: PackedIndex, root: HTMLElement): void {
  const readChunk = chunkReader(index);
  const notes = Notes.of(index);
  const first: Settings = {
    ...startingMethods(index),
    seed: 0,
    task: -1,
    show: "all",
    sort: "asked",
    text: "",
    isPattern: false,
    inSamples: false,
  };
  const settings: Settings = { ...first };
  const status = h("p.status", { role: "status" });
  const list = new QuestionList({
    describe,
    onMove: () => {
      if (hasRoomForBoth()) later.detail(() => panel.show(), 60);
      later.address(keepAddress, 250);
    },
    onEnter: () => {
      browser.classList.add("reading");
      panel.showAndFocus();
    },
    onKey: (key) => {
      const { q } = list.position;
      if (key !== "m" || q === undefined || notes?.areWritable !== true) return false;
      notes.change(q, { marked: !notes.at(q).marked }).catch((error: unknown) => {
        status.textContent = `The mark was not kept: ${messageOf(error)}`;
      });
      return true;
    },
  });
  const onBack = (): void => {
    browser.classList.remove("reading");
    list.focus();
  };
  const shown = () => ({ seed: settings.seed, arms: arms(), ...compared() });
  const panel = new QuestionPanel({ index, readChunk, list, shown, notes, onBack });
  const browser = h("div.browser", h("div.list-side", status, list.box), panel.box);
  const later = { detail: afterPause(), search: afterPause(), address: afterPause() };
  const filters = h("div");
  if (notes !== undefined) notes.onChange = () => list.paint();
  root.append(filters, browser);
  root.hidden = false;

  const armOf = (method: number): number =>
    index.arms.findIndex((arm) => arm.method === method && arm.seed === settings.seed);
  const arms = (): number[] => index.arms.flatMap(({ seed }, arm) => (seed === settings.seed ? [arm] : []));
  const compared = () => ({ first: armOf(settings.first), second: armOf(settings.second) });

  function describe(q: number) {
    const outcomeOf = (arm: number): string => index.outcomes[arm]?.[q] ?? "-";
    const outcomes = arms().map(outcomeOf);
    const right = outcomes.filter((outcome) => outcome === "r").length;
    const { first, second } = compared();
    return {
      preview: index.previews[q] ?? "",
      marks: [...new Set([first, second])]
        .filter((arm) => arm >= 0)
        .map((arm): [string, string] => [outcomeOf(arm), labelOf(index, arm)]),
      note: `${right} of ${plural(outcomes.length, "method")} right`,
      isNoted: notes?.has(q) === true,
    };
  }

  /** The address of the page is that of what is shown, once something was chosen. */
  let hasAddress = false;
  function keepAddress(): void {
    if (hasAddress) history.replaceState(null, "", hashOf(index, settings, first, list.position.q));
  }

  /** Shows what the address asks for; false where it leads elsewhere. */
  function followAddress(): boolean {
    const state = stateIn(index, location.hash);
    if (state === undefined) return false;
    Object.assign(settings, first, state.settings);
    if (settings.show === "noted" && notes === undefined) settings.show = first.show;
    hasAddress = true;
    if (state.q !== undefined) browser.classList.add("reading");
    showControls();
    refresh(state.q);
    for (let at: Element | null = root; at !== null; at = at.parentElement)
      if (at instanceof HTMLDetailsElement) at.open = true;
    root.scrollIntoView();
    return true;
  }

  function showControls(): void {
    const onChange = (change: "filter" | "text"): void => {
      hasAddress = true;
      list.box.setAttribute("aria-busy", "true");
      later.search(() => refresh(), change === "text" ? 200 : 0);
    };
    filters.replaceChildren(controls(index, settings, { hasNotes: notes !== undefined, onChange }));
  }

  let round = 0;
  /** Lists what the settings ask for. A later change stops an earlier search. */
  async function refresh(wantedQuestion?: number): Promise<void> {
    const mine = ++round;
    const wanted = (): boolean => mine === round;
    const chosen = choose(index, { ...settings, ...compared() }, (q) => notes?.has(q) === true);
    const text = settings.text.trim();
    if (text === "") return settle(chosen, wantedQuestion);
    let pattern: PatternSearch | undefined;
    try {
      // White space at the ends of an expression may be meant.
      pattern = settings.isPattern ? new PatternSearch(settings.text) : undefined;
      const matching = await searchQuestions({
        index,
        readChunk,
        find: (strings) => pattern?.placesIn(strings) ?? placesOf(strings, text),
        wanted,
        within: { seed: settings.seed, arms: arms() },
        inSamples: settings.inSamples,
        onProgress: (done) => {
          status.textContent = `searching, ${Math.round(100 * done)} %`;
        },
      });
      if (matching !== undefined)
        settle(
          chosen.filter((q) => matching.has(q)),
          wantedQuestion,
        );
    } catch (error) {
      if (!wanted()) return;
      list.box.removeAttribute("aria-busy");
      status.textContent = `Cannot search: ${messageOf(error)}`;
    } finally {
      pattern?.close();
    }
  }

  let sortedBy = settings.sort;
  function settle(questions: number[], wantedQuestion?: number): void {
    // In another order it is the first that are of interest; in the same one, whatever was being read.
    list.show(questions, settings.sort !== sortedBy, wantedQuestion);
    sortedBy = settings.sort;
    list.box.removeAttribute("aria-busy");
    status.textContent = `${list.count} of ${index.ids.length.toLocaleString("en-US")}`;
    keepAddress();
    if (questions.length === 0) panel.showNone();
    else if (hasRoomForBoth() || browser.classList.contains("reading")) panel.show();
  }

  addEventListener("hashchange", followAddress);
  if (!followAddress()) {
    showControls();
    refresh();
  }
  // What is pressed, beside what is chosen above.
  list.box.addEventListener("pointerdown", () => {
    hasAddress = true;
  });
  list.box.addEventListener("keydown", () => {
    hasAddress = true;
  });
}

/** The method the experiment is about, against the fair baseline. */
function startingMethods({ methods }: PackedIndex): { first: number; second: number } {
  const firstOf = (roles: string[]): number | undefined =>
    roles.map((role) => methods.findIndex((method) => method.role === role)).find((at) => at >= 0);
  const first = firstOf(["boundary", "detached", "unconstrained", "other", "rft"]) ?? methods.length - 1;
  return { first, second: firstOf(["continued", "kept"]) ?? 0 };
}

/** Calls what it is given last, after a pause. */
function afterPause(): (call: () => void, pauseMs: number) => void {
  let timer = 0;
  return (call, pauseMs) => {
    clearTimeout(timer);
    timer = window.setTimeout(call, pauseMs);
  };
}

const index = readIndex();
const root = document.getElementById("browser");
if (index !== undefined && root !== null) startBrowser(index, root);
openExamplesOnPaper();
