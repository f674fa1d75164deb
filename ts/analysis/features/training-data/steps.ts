import type { JudgedCandidate } from "../../../core/records.ts";
import { rightAnswer } from "../../metrics/outcomes.ts";

/** Samples whose steps were checked (`stepsValid`, which a judge that can check steps adds), by answer and steps. */
export function checkedSteps(candidates: readonly JudgedCandidate[]) {
  const checked = candidates.filter(({ stepsValid }) => typeof stepsValid === "boolean");
  const right = checked.filter(rightAnswer);
  const wrong = checked.filter((candidate) => !rightAnswer(candidate) && candidate.extracted !== null);
  return {
    rightAnswers: right.length,
    rightAnswersWrongSteps: right.filter(({ stepsValid }) => stepsValid === false).length,
    wrongAnswers: wrong.length,
    wrongAnswersRightSteps: wrong.filter(({ stepsValid }) => stepsValid === true).length,
  };
}
