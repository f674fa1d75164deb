import { z } from "zod";

/** What of a judged text tells what became of its answer. */
export interface JudgedText {
  extracted: string | null;
  correct: boolean;
  [field: string]: unknown;
}

const texts = z.int().min(0);

/** What became of the answers of texts; each text is one of the first six. */
export const outcomesSchema = z.object({
  right: texts.meta({ description: "with the right answer" }),
  wrong: texts.meta({ description: "with another answer" }),
  unparsed: texts.meta({ description: "that state an answer which the rule does not understand" }),
  ambiguous: texts.meta({ description: "that state several answers" }),
  notStated: texts.meta({ description: "that state none, or none that is known to be one" }),
  notJudged: texts.meta({ description: "too long, or not judged to the end in the time there is" }),
  partlyRead: texts.meta({
    description: "of right and wrong: where a published pattern reads otherwise than the text states",
  }),
});

export type Outcomes = z.infer<typeof outcomesSchema>;

/** A judge that labels by the steps too says apart whether the answer alone is right. */
export const rightAnswer = ({ correct, answerCorrect }: JudgedText): boolean =>
  typeof answerCorrect === "boolean" ? answerCorrect : correct;

export const noOutcomes = (): Outcomes => ({
  right: 0,
  wrong: 0,
  unparsed: 0,
  ambiguous: 0,
  notStated: 0,
  notJudged: 0,
  partlyRead: 0,
});

/** Records of before say of a text without an answer no more than that: none is stated. */
export function addOutcome(outcomes: Outcomes, text: JudgedText): void {
  outcomes[outcomeOf(text)]++;
  if (text.extracted !== null && typeof text.unread === "string") outcomes.partlyRead++;
}

export function outcomesOf(judged: readonly JudgedText[]): Outcomes {
  const outcomes = noOutcomes();
  for (const text of judged) addOutcome(outcomes, text);
  return outcomes;
}

function outcomeOf(text: JudgedText): Exclude<keyof Outcomes, "partlyRead"> {
  if (rightAnswer(text)) return "right";
  if (text.extracted !== null) return "wrong";
  const { noAnswer } = text;
  if (noAnswer === "unparsed" || noAnswer === "ambiguous") return noAnswer;
  return noAnswer === "too long" || noAnswer === "time limit" ? "notJudged" : "notStated";
}
