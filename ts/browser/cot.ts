/** How a COT is shown, alone and among others. */
import { answerMark, h, scoreText } from "./dom.ts";
import type { Cot } from "./unpack.ts";

/** The text, its first wrong line marked where a judge has found one. */
export function cotText({ text, firstWrongStep }: Cot): HTMLElement {
  const lines = text.split("\n");
  const wrong = (firstWrongStep?.line ?? 0) - 1;
  if (lines[wrong] === undefined) return h("pre.cot", text === "" ? h("em", "empty") : text);
  return h(
    "pre.cot",
    lines.slice(0, wrong).map((line) => `${line}\n`),
    h("mark.wrong-step", { title: firstWrongStep?.reason }, lines[wrong] || " "),
    lines.slice(wrong + 1).map((line) => `\n${line}`),
  );
}

/**
 * What is known of a COT beside its answer: what the two rules find, its steps, whether it was cut off.
 * @param brief leaves out what goes without saying
 */
export function cotFacts({ byMode, stepsValid, firstWrongStep, cutOff }: Cot, brief = false) {
  const facts: (string | HTMLElement)[][] = [];
  if (byMode !== undefined) {
    const { strict, flexible } = byMode;
    if (strict.extracted !== flexible.extracted || strict.correct !== flexible.correct)
      facts.push(["strict rule: ", answerMark(strict)], ["flexible rule: ", answerMark(flexible)]);
    else if (!brief) facts.push(["strict and flexible rule: ", answerMark(strict)]);
  }
  if (firstWrongStep !== undefined)
    facts.push([`first wrong step: line ${firstWrongStep.line}, ${firstWrongStep.reason}`]);
  else if (stepsValid !== undefined) facts.push([stepsValid ? "no wrong step found" : "a step is wrong"]);
  if (cutOff) facts.push(["cut off at the length limit"]);
  return (
    facts.length > 0 &&
    h(
      "p.facts-line",
      facts.map((fact) => h("span", fact)),
    )
  );
}

/** A method's scores of COTs, in their order. */
export interface ScoreColumn {
  label: string;
  scores: (number | null)[];
}

/** Samples, equal texts once, those with the best score first. */
export function sampleTable(caption: string, cots: Cot[], columns: ScoreColumn[]): HTMLElement {
  const distinct = new Map<string, { cot: Cot; at: number; times: number }>();
  for (const [at, cot] of cots.entries()) {
    const known = distinct.get(cot.text);
    if (known === undefined) distinct.set(cot.text, { cot, at, times: 1 });
    else known.times++;
  }
  const score = (at: number): number => columns[0]?.scores[at] ?? Number.NEGATIVE_INFINITY;
  const rows = [...distinct.values()].sort((a, b) =>
    score(a.at) === score(b.at) ? 0 : score(b.at) - score(a.at),
  );
  const names = ["answer", ...columns.map(({ label }) => label)];
  return h(
    "div.scroll",
    { tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      { "aria-label": caption },
      h(
        "thead",
        h(
          "tr",
          names.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      // The text below its numbers: beside them it would be a narrow column.
      h(
        "tbody",
        rows.flatMap(({ cot, at, times }) => [
          h(
            "tr.numbers",
            h(
              "th",
              { scope: "row" },
              answerMark(cot),
              times > 1 && h("small.quiet", ` sampled ${times} times`),
            ),
            columns.map(({ scores }) => h("td", scoreText(scores[at]))),
          ),
          h("tr.text", h("td.cot-cell", { colspan: names.length }, cotText(cot), cotFacts(cot, true))),
        ]),
      ),
    ),
  );
}
