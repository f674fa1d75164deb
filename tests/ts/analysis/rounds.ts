/** An invented run whose methods were trained in several rounds: no number in it was measured. */
import type { ArmRound, RunData } from "../../../ts/analysis/index.ts";
import { methods, syntheticRun } from "./synthetic.ts";

/** Gets better by so much with each round. */
const perRound: Record<string, number> = { continued: 0.01, rft: 0.02, none: -0.02, dc: 0.03, bc: 0.03 };

/** The rounds of one run have the same questions: what a run of other accuracies gives for each stands for them. */
export function runWithRounds(count = 3, options: Parameters<typeof syntheticRun>[0] = {}): RunData {
  const after = Array.from({ length: count }, (_, at) =>
    syntheticRun({
      ...options,
      methods: methods.map((method) => ({
        ...method,
        shape: {
          ...method.shape,
          greedy: method.shape.greedy + (at + 1 - count) * (perRound[method.name] ?? 0),
        },
      })),
    }),
  );
  const last = after.at(-1)!;
  return {
    ...last,
    arms: last.arms.map((arm, at) =>
      arm.method === "kept"
        ? arm
        : { ...arm, rounds: after.map((run, round) => roundOf(run.arms[at]!, round + 1)) },
    ),
  };
}

/** As a run has it: the first round of all methods is trained on the same groups. */
function roundOf(
  { method, predictions, samples, heldOut }: RunData["arms"][number],
  round: number,
): ArmRound {
  const questions = 100;
  const judged = { candidates: 6 * questions, correct: 200 + 20 * round, paired: 60 };
  return {
    predictions,
    samples,
    heldOut,
    counts: { questions, ...(method === "continued" && round > 1 ? {} : judged) },
  };
}
