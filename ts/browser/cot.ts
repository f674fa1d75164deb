/**
 * How a COT is shown, alone and among others.
 * @typedef {import("./unpack.js").Cot} Cot
 */
import { answerMark, h, scoreText } from "./dom.js";

/** The text, its first wrong line marked where a judge has found one. @param {Cot} cot */
export function cotText({ text, firstWrongStep }) {
  const lines = text.split("\n");
  const wrong = (firstWrongStep?.line ?? 0) - 1;
  if (lines[wrong] === undefined)
    return h("pre", { class: "cot" }, text === "" ? h("em", {}, "empty") : text);
  const before = lines
    .slice(0, wrong)
    .map((line) => `${line}\n`)
    .join("");
  const after = lines
    .slice(wrong + 1)
    .map((line) => `\n${line}`)
    .join("");
  return h(
    "pre",
    { class: "cot" },
    before,
    h("mark", { class: "wrong-step", title: firstWrongStep?.reason }, lines[wrong] || " "),
    after,
  );
}

/**
 * What is known of a COT beside its answer: what the two rules find, its steps, whether it was cut off.
 * @param {Cot} cot
 * @param {boolean} [brief] leaves out what goes without saying
 */
export function cotFacts(cot, brief = false) {
  const { byMode, stepsValid, firstWrongStep, cutOff } = cot;
  const facts = [];
  if (byMode !== undefined) {
    const { strict, flexible } = byMode;
    if (strict.extracted !== flexible.extracted || strict.correct !== flexible.correct)
      facts.push(
        h("span", {}, "strict rule: ", answerMark(strict)),
        h("span", {}, "flexible rule: ", answerMark(flexible)),
      );
    else if (!brief) facts.push(h("span", {}, "strict and flexible rule: ", answerMark(strict)));
  }
  if (firstWrongStep !== undefined)
    facts.push(h("span", {}, `first wrong step: line ${firstWrongStep.line}, ${firstWrongStep.reason}`));
  else if (stepsValid !== undefined)
    facts.push(h("span", {}, stepsValid ? "no wrong step found" : "a step is wrong"));
  if (cutOff) facts.push(h("span", {}, "cut off at the length limit"));
  return facts.length === 0 ? null : h("p", { class: "facts-line" }, ...facts);
}

/**
 * Samples, equal texts once, those with the best score first.
 * @param {string} caption
 * @param {Cot[]} cots
 * @param {{ label: string, scores: (number | null)[] }[]} columns scores in the order of the COTs
 */
export function sampleTable(caption, cots, columns) {
  /** @type {Map<string, { cot: Cot, at: number, times: number }>} */
  const distinct = new Map();
  for (const [at, cot] of cots.entries()) {
    const known = distinct.get(cot.text);
    if (known === undefined) distinct.set(cot.text, { cot, at, times: 1 });
    else known.times++;
  }
  const score = (/** @type {number} */ at) => columns[0]?.scores[at] ?? Number.NEGATIVE_INFINITY;
  const rows = [...distinct.values()].sort((a, b) =>
    score(a.at) === score(b.at) ? 0 : score(b.at) - score(a.at),
  );
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      { "aria-label": caption },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...["answer", ...columns.map(({ label }) => label)].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        // The text below its numbers: beside them it would be a narrow column.
        ...rows.flatMap(({ cot, at, times }) => [
          h(
            "tr",
            { class: "numbers" },
            h(
              "th",
              { scope: "row" },
              answerMark(cot),
              times > 1 && h("small", { class: "quiet" }, ` sampled ${times} times`),
            ),
            ...columns.map(({ scores }) => h("td", {}, scoreText(scores[at]))),
          ),
          h(
            "tr",
            { class: "text" },
            h("td", { class: "cot-cell", colspan: columns.length + 1 }, cotText(cot), cotFacts(cot, true)),
          ),
        ]),
      ),
    ),
  );
}
