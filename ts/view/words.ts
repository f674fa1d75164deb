/** What the pages say of a run. */
import {
  blockHtml,
  html,
  inline,
  type Markup,
  type MethodSummary,
  momentText,
  verdictSentence,
  whole,
  withHints,
  wordsOf,
} from "../analysis/index.ts";
import { wholeDuration } from "../core/duration.ts";
import { rateText } from "../core/rate.ts";
import type { WatchedRun } from "../experiment/index.ts";

type State = WatchedRun["state"];

const states: Record<State, [kind: string, words: string]> = {
  done: ["fine", "done"],
  running: ["running", "running"],
  unfinished: ["note", "not finished"],
  damaged: ["warning", "damaged"],
};

export function stateBadge(state: State): Markup {
  const [kind, words] = states[state];
  return html`<span class="badge ${kind}">${words}</span>`;
}

/** `2026-11-27 08:39 UTC` */
export const moment = (iso: string): Markup =>
  iso === ""
    ? html`–`
    : html`<time datetime="${iso}">${momentText(iso).replace(/:\d\d UTC$/, " UTC")}</time>`;

/** How far a run is: its stages, and what is told of the one that is being made. */
export function progressOf({ name, stages, progress, process }: WatchedRun): Markup {
  const {
    label,
    done,
    total,
    unit,
    detail,
    perSecond,
    tokensPerSecond,
    secondsLeft,
    whole: all,
    warnings,
  } = progress ?? {};
  const within = total !== undefined && total > 0 ? Math.min(1, done! / total) : 0;
  const share = stages.total === 0 ? 0 : Math.min(1, (stages.done + within) / stages.total);
  const facts = [
    total !== undefined &&
      (total > 0 || done! > 0) &&
      (total > 0 ? `${whole(done!)} of ${whole(total)} ${unit}` : `${whole(done!)} ${unit}`),
    perSecond !== undefined && perSecond > 0 && `${rateText(perSecond)} ${unit} a second`,
    tokensPerSecond !== undefined && tokensPerSecond > 0 && `${rateText(tokensPerSecond)} tokens a second`,
    secondsLeft !== undefined && `${wholeDuration(secondsLeft)} left of this`,
    all !== undefined && `about ${wholeDuration(all.secondsLeft)} left of the whole ${all.name}`,
    detail,
  ].filter((fact) => typeof fact === "string");
  return html`<progress max="100" value="${(100 * share).toFixed(1)}" aria-label="${name}"></progress>
<p class="numbers">${stages.done} of ${stages.total} stages done${label !== undefined && html`; now <b>${label}</b>${facts.length > 0 && `: ${facts.join(", ")}`}`}<span class="quiet"> (${process})</span></p>
${(warnings ?? []).map((text) => html`<p><span class="badge warning">warning</span> ${text.replace(/^(.*)\bwarning: /, "$1")}</p>`)}`;
}

/** What came out, in one sentence. */
export const verdictText = ({ summary }: WatchedRun): Markup =>
  summary === undefined ? html`–` : html`${inline(withHints(verdictSentence(summary), summary.methods))}`;

/** What the words of results mean, where there are any. */
export const wordsHtml = (methods: readonly MethodSummary[]): Markup =>
  methods.length === 0 ? html`` : blockHtml(wordsOf(methods));
