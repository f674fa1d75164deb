/** What a method's trainings tell, round after round, beside their steps. */
import { defined } from "../../core/defined.ts";
import { stages } from "../stages/index.ts";
import type { Search } from "../stages/search.ts";
import type { HeldOut } from "../step-record.ts";
import type { Artefact } from "../store/store.ts";
import type { BoundaryFacts } from "../train/boundary.ts";
import type { TrainedFacts } from "../train/files.ts";

/** What an artefact with a method's weights tells beside its steps. */
export interface MethodFacts extends Pick<TrainedFacts, "stopped" | "warnings"> {
  boundary?: BoundaryFacts;
  /** Of a loss that takes other questions than those with a pair. */
  taken?: { questions: number; paired: number; taken: number };
  search?: Pick<Search, "parameter" | "chosen" | "points">;
  /** What was measured on the weights that it starts from. */
  before?: HeldOut;
}

export async function methodFacts(artefact: Artefact): Promise<MethodFacts> {
  const facts = stages.search.factsOf(artefact);
  const { boundary, stopped, warnings } = facts;
  const record = await stages.search.files.search.read(artefact);
  const search = record && { parameter: record.parameter, chosen: record.chosen, points: record.points };
  const before = await stages.search.files.before.read(artefact);
  return defined({ boundary, search, before: before?.heldOut, stopped, warnings, taken: takenIn(facts) });
}

function takenIn(facts: ReturnType<typeof stages.search.factsOf>): MethodFacts["taken"] {
  const { questions, pairedQuestions: paired, takenQuestions: taken } = facts;
  return questions === undefined || paired === undefined || taken === undefined || taken === paired
    ? undefined
    : { questions, paired, taken };
}

/**
 * Of a method's rounds: the first one's look at the weights it starts from, the warnings of all, and else what the last one
 * came to. Steps are counted from the beginning of the first, as in {@link oneAfterTheOther}.
 */
export async function factsOfRounds(rounds: readonly Artefact[]): Promise<MethodFacts> {
  const facts = await Promise.all(rounds.map(methodFacts));
  if (facts.length === 1) return facts[0]!;
  const begins: number[] = [0];
  for (const round of rounds.slice(0, -1)) {
    const steps = await stages.vft.files.metrics.read(round);
    begins.push(begins.at(-1)! + (steps.at(-1)?.step ?? 0));
  }
  const [first, last, begin] = [facts[0]!, facts.at(-1)!, begins.at(-1)!];
  const { stopped } = last;
  const warnings = facts.flatMap(({ warnings: told = [] }, at) =>
    told.map((warning) => ({ ...warning, step: begins[at]! + warning.step })),
  );
  return {
    ...last,
    ...defined({
      before: first.before,
      stopped: stopped && {
        ...stopped,
        bestStep: begin + stopped.bestStep,
        lastStep: begin + stopped.lastStep,
      },
      warnings: warnings.length === 0 ? undefined : warnings,
    }),
  };
}

/** The steps of rounds as those of one training. */
export function oneAfterTheOther<T extends { step: number }>(rounds: readonly (readonly T[])[]): T[] {
  const steps: T[] = [];
  for (const round of rounds) {
    const before = steps.at(-1)?.step ?? 0;
    steps.push(...round.map((one) => ({ ...one, step: before + one.step })));
  }
  return steps;
}
