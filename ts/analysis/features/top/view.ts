/** The first screen: what was compared, what came out, how sure it is. */
import type { Top } from "../../document/model.ts";
import { plural } from "../../format.ts";
import type { RunSummary } from "../../generated/report.ts";
import { withHints, wordsOf } from "../../words/index.ts";
import type { Shown } from "../feature.ts";
import { matteringWarnings } from "../findings/mattering.ts";
import { verdictOf } from "../in-short/verdict.ts";
import { isAligned, isUntouched, questionsAsked } from "../methods.ts";
import { glance } from "./glance.ts";
import { tiles } from "./tiles.ts";

/** More rows than this would push the charts out of sight: they come first then. */
const fewMethods = 8;

/** Nothing where no method was evaluated. */
export function topOf(shown: Shown): Top | undefined {
  const { summary } = shown;
  const { methods } = summary;
  if (methods.length === 0) return undefined;
  const { sentence, tone } = verdictOf(summary);
  const parts = [glance(summary), wordsOf(methods), tiles(shown)];
  return {
    verdict: withHints(sentence, methods),
    tone,
    basis: basisOf(summary),
    warnings: matteringWarnings(summary).map(({ label, texts }) => ({
      label,
      text: texts.join(" "),
      address: "#diagnostics",
    })),
    blocks: methods.length > fewMethods ? parts.toReversed() : parts,
  };
}

/** What was compared, and on how much. */
function basisOf({ methods, tasks, split, seeds, provenance, rounds }: RunSummary): string {
  const model = provenance?.model ?? provenance?.base;
  const of = model === undefined ? "" : ` (${model})`;
  const trained = tasks.filter(({ use }) => use === "train").map(({ name }) => name);
  const aligned = methods.filter(isAligned).length;
  const learning = "learning from its own samples";
  const many = aligned === 0 ? "" : `, ${aligned === methods.length ? "all" : aligned} of them ${learning}`;
  const what = isUntouched(methods)
    ? `The model after VFT${of}, before any alignment`
    : `${methods.length === 1 ? "One way" : plural(methods.length, "way")} of going on from a model fine-tuned on worked solutions${of}${methods.length > 1 ? many : aligned === 1 ? `, ${learning}` : ""}`;
  const learnt = rounds === undefined ? "" : ` in ${plural(rounds.count, "round")}`;
  return `${what}${learnt}, on ${plural(questionsAsked(methods[0]!), `${split} question`)}${trained.length === 0 ? "" : ` of ${trained.join(", ")}`}, ${seeds.length === 1 ? "one seed: other trainings may differ" : plural(seeds.length, "seed")}.`;
}
