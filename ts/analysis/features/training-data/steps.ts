import type { JudgedCandidate } from "../../../core/records.ts";

/** A judge that labels by the steps too says apart whether the answer alone is right. */
const rightAnswer = ({ correct, answerCorrect }: JudgedCandidate): boolean =>
  typeof answerCorrect === "boolean" ? answerCorrect : correct;

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
