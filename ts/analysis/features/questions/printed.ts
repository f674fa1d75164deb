import type { Group } from "../../../core/records.ts";
import { html, type Markup } from "../../document/markup.ts";
import { decimal, plural } from "../../report/format.ts";
import type { MethodSummary, RunSummary } from "../../report/schema.ts";
import type { Arm, Prediction, RunData } from "../../run/run-data.ts";
import { browserPlace } from "./view.ts";

/** More columns of scores than this do not fit beside the text. */
const mostMethods = 6;

/** Questions with their COTs: the browser of all of them, and the first ones printed, for paper and where no script runs. */
export function examplesSection(run: RunData, summary: RunSummary, count: number, browser = false): Markup {
  const printed = printedExamples(run, summary, count);
  if (printed.markup === "" && !browser) return html``;
  return html`<section aria-labelledby="examples">
<h2 id="examples">Questions and their COTs</h2>
${browser && browserPlace}
<div class="printed-examples">${printed}</div>
</section>`;
}

/** The first test questions that have a pair: their COTs from the VFT model, scored by every method. */
function printedExamples(run: RunData, summary: RunSummary, count: number): Markup {
  const seed = run.seeds[0];
  const arms = shownMethods(summary).flatMap((method) => {
    const arm = run.arms.find((one) => one.method === method.name && one.seed === seed);
    return arm === undefined ? [] : [{ method, arm }];
  });
  const groups = chooseGroups(arms[0]?.arm.heldOut ?? [], count);
  if (groups.length === 0) return html``;
  const ids = new Set(groups.map(({ id }) => id));
  const shown = arms.map(({ method, arm }) => ({ method, arm, lookup: scoresByText(arm, ids) }));
  const withPair = groups.filter(hasPair).length;
  return html`<p>${plural(groups.length, "question")}. ${withPair === groups.length ? "Not picked by hand: the first questions for which the VFT model sampled both a right and a wrong COT." : "Not picked by hand: the first questions, those with both a right and a wrong COT before the others."} COTs stand in the order of their score under the first method, best first: a wrong one above a right one is assessment misalignment. Seed ${seed ?? "–"}.</p>
${groups.map((group, at) => example(group, at, shown, run.tasks.length > 1))}`;
}

interface ShownArm {
  method: MethodSummary;
  arm: Arm;
  lookup: Map<string, number>;
}

function shownMethods({ methods }: RunSummary): MethodSummary[] {
  const rank = ({ role }: MethodSummary): number =>
    ["kept", "boundary", "detached", "unconstrained", "continued", "rft", "other"].indexOf(role);
  const shown = new Set([...methods].sort((a, b) => rank(a) - rank(b)).slice(0, mostMethods));
  const kept = methods.filter(({ role }) => role === "kept");
  return [...kept, ...methods.filter(({ role }) => role !== "kept")].filter((method) => shown.has(method));
}

const hasPair = ({ candidates }: Group): boolean =>
  candidates.some(({ correct }) => correct) && candidates.some(({ correct }) => !correct);

const chooseGroups = (groups: readonly Group[], count: number): Group[] =>
  [...inTurn(groups.filter(hasPair)), ...inTurn(groups.filter((group) => !hasPair(group)))].slice(0, count);

const key = (id: string, text: string): string => JSON.stringify([id, text]);

const scoresByText = ({ heldOut }: Arm, ids: ReadonlySet<string>): Map<string, number> =>
  new Map(
    heldOut
      .filter(({ id }) => ids.has(id))
      .flatMap(({ id, candidates }) =>
        candidates.flatMap(({ text, score }) =>
          score === undefined ? [] : [[key(id, text), score] as const],
        ),
      ),
  );

/** The tasks' questions in turn, so that the first few show every task. */
function inTurn(groups: readonly Group[]): Group[] {
  const seen = new Map<string, number>();
  return groups
    .map((group) => {
      const turn = seen.get(group.task) ?? 0;
      seen.set(group.task, turn + 1);
      return { group, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ group }) => group);
}

function example(group: Group, at: number, arms: readonly ShownArm[], named: boolean): Markup {
  const predictions = arms.flatMap(({ method, arm }) => {
    const prediction = arm.predictions.find(({ questionId }) => questionId === group.id);
    return prediction === undefined ? [] : [{ label: method.label, prediction }];
  });
  const distinct = [...new Map(group.candidates.map((candidate) => [candidate.text, candidate])).values()];
  const rows = distinct
    .map((candidate) => ({
      candidate,
      times: group.candidates.filter(({ text }) => text === candidate.text).length,
      scores: arms.map(({ lookup }) => lookup.get(key(group.id, candidate.text))),
    }))
    .sort((a, b) => (b.scores[0] ?? -Infinity) - (a.scores[0] ?? -Infinity));
  const right = group.candidates.filter(({ correct }) => correct).length;
  return html`<details class="example"${at === 0 ? html` open` : ""}>
<summary><span class="question">${predictions[0]?.prediction.question ?? group.prompt}</span> <span class="quiet">${named && `${group.task}: `}answer ${group.answer}; ${right} of ${group.candidates.length} samples right</span></summary>
<div class="scroll" tabindex="0" role="region" aria-label="COTs of question ${at + 1}">
<table><caption>Sampled from the VFT model; score under each method</caption>
<thead><tr><th scope="col">COT</th><th scope="col">answer</th>${arms.map(({ method }) => html`<th scope="col">${method.label}</th>`)}</tr></thead>
<tbody>${rows.map(
    ({ candidate, times, scores }) =>
      html`<tr><td class="cot">${candidate.text}${times > 1 && html` <small>sampled ${times} times</small>`}</td><td>${mark(candidate)}${
        candidate.correct && candidate.stepsValid === false ? html` <small>by wrong steps</small>` : ""
      }</td>${scores.map((score) => html`<td>${decimal(score)}</td>`)}</tr>`,
  )}</tbody></table></div>
<p class="greedy"><b>Greedy:</b> ${predictions.map(
    ({ label, prediction }, i) => html`${i > 0 ? "; " : ""}${label} ${mark(prediction)}`,
  )}</p>
</details>`;
}

function mark({ extracted, correct }: Pick<Prediction, "extracted" | "correct">): Markup {
  if (correct) return html`<span class="mark right">✓ right, ${extracted}</span>`;
  if (extracted === null) return html`<span class="mark none">∅ no answer</span>`;
  return html`<span class="mark wrong">✗ wrong, ${extracted}</span>`;
}
