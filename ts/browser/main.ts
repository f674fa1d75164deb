/** The questions' browser in the reader's browser: filters above a list, and beside it the question that is active there. */
import type { PackedIndex } from "../analysis/features/questions/packed.ts";
import { choose } from "./choose.ts";
import { controls, type Settings } from "./controls.ts";
import { chunkReader, readIndex } from "./data.ts";
import { h, plural } from "./dom.ts";
import { QuestionList } from "./list.ts";
import { hasRoomForBoth, messageOf, QuestionPanel } from "./panel.ts";
import { searchQuestions } from "./search.ts";
import { labelOf } from "./unpack.ts";

function startBrowser(index: PackedIndex, root: HTMLElement): void {
  const readChunk = chunkReader(index);
  const settings: Settings = {
    ...startingMethods(index),
    seed: 0,
    task: -1,
    show: "all",
    sort: "asked",
    text: "",
    inSamples: false,
  };
  const status = h("p.status", { role: "status" });
  const list = new QuestionList({
    describe,
    onMove: () => {
      if (hasRoomForBoth()) later.detail(() => panel.show(), 60);
    },
    onEnter: () => {
      browser.classList.add("reading");
      panel.showAndFocus();
    },
  });
  const onBack = (): void => {
    browser.classList.remove("reading");
    list.focus();
  };
  const shown = () => ({ seed: settings.seed, arms: arms(), ...compared() });
  const panel = new QuestionPanel({ index, readChunk, list, shown, onBack });
  const browser = h("div.browser", h("div.list-side", status, list.box), panel.box);
  const later = { detail: afterPause(), search: afterPause() };
  const filters = controls(index, settings, (change) => {
    list.box.setAttribute("aria-busy", "true");
    later.search(refresh, change === "text" ? 200 : 0);
  });
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
    };
  }

  let round = 0;
  /** Lists what the settings ask for. A later change stops an earlier search. */
  async function refresh(): Promise<void> {
    const mine = ++round;
    const wanted = (): boolean => mine === round;
    const chosen = choose(index, { ...settings, ...compared() });
    const text = settings.text.trim();
    if (text === "") return settle(chosen);
    try {
      const matching = await searchQuestions({
        index,
        readChunk,
        text,
        wanted,
        within: { seed: settings.seed, arms: arms() },
        inSamples: settings.inSamples,
        onProgress: (done) => {
          status.textContent = `searching, ${Math.round(100 * done)} %`;
        },
      });
      if (matching !== undefined) settle(chosen.filter((q) => matching.has(q)));
    } catch (error) {
      if (!wanted()) return;
      list.box.removeAttribute("aria-busy");
      status.textContent = `Cannot search: ${messageOf(error)}`;
    }
  }

  let sortedBy = settings.sort;
  function settle(questions: number[]): void {
    // In another order it is the first that are of interest; in the same one, whatever was being read.
    list.show(questions, settings.sort !== sortedBy);
    sortedBy = settings.sort;
    list.box.removeAttribute("aria-busy");
    status.textContent = `${list.count} of ${index.ids.length.toLocaleString("en-US")}`;
    if (questions.length === 0) panel.showNone();
    else if (hasRoomForBoth() || browser.classList.contains("reading")) panel.show();
  }

  refresh();
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

/** On paper every printed example is open, as there is nothing to press. */
function openExamplesOnPaper(): void {
  const examples = [...document.querySelectorAll<HTMLDetailsElement>(".printed-examples details")];
  let before: boolean[] = [];
  addEventListener("beforeprint", () => {
    before = examples.map(({ open }) => open);
    for (const example of examples) example.open = true;
  });
  addEventListener("afterprint", () => {
    for (const [at, example] of examples.entries()) example.open = before[at] === true;
  });
}

const index = readIndex();
const root = document.getElementById("browser");
if (index !== undefined && root !== null) startBrowser(index, root);
openExamplesOnPaper();
