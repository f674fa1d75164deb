import { choose } from "./choose.js";
import { controls } from "./controls.js";
import { chunkReader, placeOf } from "./data.js";
import { comparisonOf, detailHead, greedyCards, labelOf, sampleTables } from "./detail.js";
import { h, plural } from "./dom.js";
import { questionList } from "./list.js";
import { rowsWithSample, rowsWithText } from "./search.js";
import { unpackSamples, unpackTexts } from "./unpack.js";

/** @param {import("./unpack.js").PackedIndex} index @param {HTMLElement} root */
export function startBrowser(index, root) {
  const chunkOf = chunkReader(index);
  /** @type {import("./controls.js").Settings} */
  const settings = {
    ...startingMethods(index),
    seed: 0,
    task: -1,
    show: "all",
    sort: "asked",
    text: "",
    inSamples: false,
  };
  const status = h("p", { class: "status", role: "status" });
  const detail = h("div", {
    class: "detail",
    role: "region",
    "aria-label": "The chosen question",
    onkeydown: pressedInDetail,
  });
  const list = questionList({
    describe,
    onMove: () => {
      if (wide()) later.detail(showDetail, 60);
    },
    onEnter: async () => {
      browser.classList.add("reading");
      await showDetail();
      heading()?.focus({ preventScroll: wide() });
    },
  });
  const browser = h("div", { class: "browser" }, h("div", { class: "list-side" }, status, list.box), detail);
  root.append(
    controls(index, settings, (what) => {
      list.box.setAttribute("aria-busy", "true");
      later.search(refresh, what === "text" ? 200 : 0);
    }),
    browser,
  );
  root.hidden = false;

  /** Beside each other there is room for the detail of whatever is active. */
  const wide = () => matchMedia("(min-width: 900px)").matches;
  const heading = () => /** @type {HTMLElement | null} */ (detail.querySelector(".question-text"));
  const later = { detail: afterPause(), search: afterPause() };

  /** @param {number} method */
  const armOf = (method) =>
    index.arms.findIndex((arm) => arm.method === method && arm.seed === settings.seed);
  const arms = () => index.arms.flatMap(({ seed }, arm) => (seed === settings.seed ? [arm] : []));

  /** @param {number} q */
  function describe(q) {
    const [first, second] = [armOf(settings.first), armOf(settings.second)];
    const outcomes = arms().map((arm) => index.outcomes[arm]?.[q] ?? "-");
    const right = outcomes.filter((outcome) => outcome === "r").length;
    /** @type {[string, string][]} */
    const marks = (first === second ? [first] : [first, second])
      .filter((arm) => arm >= 0)
      .map((arm) => [index.outcomes[arm]?.[q] ?? "-", labelOf(index, arm)]);
    return {
      preview: index.previews[q] ?? "",
      marks,
      note: `${right} of ${plural(outcomes.length, "method")} right`,
    };
  }

  let round = 0;
  /** Lists what the settings ask for. A later change stops an earlier search. */
  async function refresh() {
    const mine = ++round;
    const { task, show, sort } = settings;
    const chosen = choose(index, {
      first: armOf(settings.first),
      second: armOf(settings.second),
      task,
      show,
      sort,
    });
    const text = settings.text.trim();
    if (text === "") return settle(chosen);
    try {
      const found = await search(text, () => mine === round);
      if (found !== undefined) settle(chosen.filter((q) => found.has(q)));
    } catch (error) {
      if (mine !== round) return;
      list.box.removeAttribute("aria-busy");
      status.textContent = `Cannot search: ${messageOf(error)}`;
    }
  }

  let sortedBy = settings.sort;
  /** @param {number[]} questions */
  function settle(questions) {
    // In another order it is the first that are of interest; in the same one, whatever was being read.
    list.show(questions, settings.sort !== sortedBy);
    sortedBy = settings.sort;
    list.box.removeAttribute("aria-busy");
    status.textContent = `${list.count()} of ${index.ids.length.toLocaleString("en-US")}`;
    if (questions.length === 0) {
      shownKey = "";
      detail.replaceChildren(
        h("p", { class: "quiet" }, "No question is like that. Choose less narrowly above."),
      );
    } else if (wide() || browser.classList.contains("reading")) showDetail();
  }

  /** @param {string} text @param {() => boolean} wanted */
  async function search(text, wanted) {
    /** @type {Set<number>} */
    const found = new Set();
    const within = { seed: settings.seed, arms: arms() };
    const kinds = [
      { places: index.texts, rowsWith: rowsWithText },
      ...(settings.inSamples ? [{ places: index.samples, rowsWith: rowsWithSample }] : []),
    ];
    const parts = kinds.flatMap(({ places, rowsWith }) => places.map((place) => ({ place, rowsWith })));
    let shown = performance.now();
    for (const [at, { place, rowsWith }] of parts.entries()) {
      const chunk = await chunkOf(place.name);
      if (!wanted()) return undefined;
      for (const row of rowsWith(chunk, text, within)) found.add(place.first + row);
      if (performance.now() - shown > 100) {
        status.textContent = `searching, ${Math.round((100 * at) / parts.length)} %`;
        // Keys and clicks have their turn.
        await new Promise((resolve) => setTimeout(resolve));
        shown = performance.now();
      }
    }
    return found;
  }

  /** What stands in the detail, or is about to: it is not made again under a reader who has opened something in it. */
  let shownKey = "";
  /** @type {Promise<void>} */
  let showing = Promise.resolve();
  function showDetail() {
    const q = list.active();
    if (q === undefined) return Promise.resolve();
    const shown = {
      seed: settings.seed,
      arms: arms(),
      first: armOf(settings.first),
      second: armOf(settings.second),
    };
    const key = JSON.stringify([q, shown, list.place()]);
    if (key !== shownKey) {
      shownKey = key;
      showing = paintDetail(q, shown, () => key === shownKey);
    }
    return showing;
  }

  /** @param {number} q @param {import("./detail.js").Shown} shown @param {() => boolean} wanted */
  async function paintDetail(q, shown, wanted) {
    try {
      const [textPlace, samplePlace] = [placeOf(index.texts, q), placeOf(index.samples, q)];
      if (textPlace === undefined) return;
      const texts = unpackTexts(index, await chunkOf(textPlace.name), textPlace.row, q);
      const sampleChunk = samplePlace === undefined ? undefined : await chunkOf(samplePlace.name);
      if (!wanted()) return;
      const samples =
        sampleChunk === undefined ? undefined : unpackSamples(sampleChunk, samplePlace?.row ?? 0);
      const left = samples === undefined && index.withSamples > 0;
      detail.replaceChildren(
        ...[
          steps(),
          ...detailHead(index, q, texts, shown),
          greedyCards(index, texts, shown),
          comparisonOf(index, texts, samples, shown),
          ...sampleTables(index, samples, shown),
          left &&
            h(
              "p",
              { class: "quiet" },
              "The samples of this question were left out to keep the report small.",
            ),
        ].filter((part) => part !== null && part !== false),
      );
      // Whoever was far down in a long one begins at the top of the next.
      if (detail.getBoundingClientRect().top < 0) detail.scrollIntoView({ block: "start" });
    } catch (error) {
      if (!wanted()) return;
      shownKey = "";
      detail.replaceChildren(h("p", { role: "alert" }, messageOf(error)));
    }
  }

  /** From one question to the next without the list. */
  function steps() {
    const { at, of } = list.place();
    /** @param {string} text @param {number} by @param {boolean} ends */
    const button = (text, by, ends) =>
      h(
        "button",
        {
          type: "button",
          disabled: ends,
          onclick: async () => {
            list.step(by);
            await showDetail();
            heading()?.focus({ preventScroll: wide() });
          },
        },
        text,
      );
    return h(
      "p",
      { class: "steps" },
      h("button", { type: "button", class: "back", onclick: back }, "Back to the list"),
      button("Previous", -1, at === 0),
      button("Next", 1, at === of - 1),
      h("span", { class: "quiet" }, `${(at + 1).toLocaleString("en-US")} of ${of.toLocaleString("en-US")}`),
    );
  }

  function back() {
    browser.classList.remove("reading");
    list.paint();
    list.focus();
  }

  /** @param {KeyboardEvent} event */
  function pressedInDetail(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    back();
  }

  refresh();
}

/** The method the experiment is about, against the fair baseline. @param {import("./unpack.js").PackedIndex} index */
function startingMethods({ methods }) {
  /** @param {string[]} roles */
  const firstOf = (roles) =>
    roles.map((role) => methods.findIndex((method) => method.role === role)).find((at) => at >= 0);
  const first = firstOf(["boundary", "detached", "unconstrained", "other", "rft"]) ?? methods.length - 1;
  return { first, second: firstOf(["continued", "kept"]) ?? 0 };
}

/** Calls what it is given last, after a pause. */
function afterPause() {
  let timer = 0;
  /** @param {() => void} call @param {number} milliseconds */
  return (call, milliseconds) => {
    clearTimeout(timer);
    timer = window.setTimeout(call, milliseconds);
  };
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));
