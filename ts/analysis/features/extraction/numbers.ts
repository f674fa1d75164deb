/** Right, wrong, unparsed or ambiguous: a verifier that does not understand answers is seen before it trains a model. */
import { z } from "zod";
import { method } from "../../measure/schema.ts";
import { type JudgedText, outcomesOf, outcomesSchema } from "../../metrics/outcomes.ts";
import { numbers } from "../feature.ts";

/** Unparsed answers that are kept of each kind of texts. */
const mostExamples = 5;

const answersSchema = outcomesSchema.extend({
  label: z.string().meta({ description: "whose texts: the samples that are trained on, or a method's" }),
  method: method.optional(),
  examples: z
    .array(
      z.object({
        questionId: z.string().meta({ description: "the question's id" }),
        stated: z.string().meta({ description: "what was stated and not understood" }),
        extracted: z.string().nullable().meta({ description: "what was taken for the answer instead" }),
        answer: z.string().meta({ description: "the question's answer" }),
      }),
    )
    .meta({ description: "of what was not understood, the first of each kind" }),
});

export const answers = numbers({
  schema: {
    answers: z
      .array(answersSchema)
      .default([])
      .meta({ description: "what became of the answers: training samples, then greedy answers by method" }),
  },
  compute: ({ run, headline }) => {
    const samples = run.trainGroups.flatMap(({ groups }) =>
      groups.flatMap(({ id, answer, candidates }) =>
        candidates.map((candidate) => ({ questionId: id, answer, judged: candidate })),
      ),
    );
    const greedy = headline.methods.map(({ name, label }) => {
      const predictions = headline.arms
        .filter((arm) => arm.method === name)
        .flatMap((arm) => arm.predictions)
        .map((prediction) => ({
          questionId: prediction.questionId,
          answer: prediction.answer,
          judged: prediction,
        }));
      return { label, method: name, ...summarised(predictions) };
    });
    return {
      answers: [
        ...(samples.length === 0 ? [] : [{ label: "Training samples", ...summarised(samples) }]),
        ...greedy,
      ],
    };
  },
});

interface Text {
  questionId: string;
  answer: string;
  judged: JudgedText;
}

function summarised(texts: readonly Text[]) {
  const stated = new Map<string, Text>();
  for (const text of texts) {
    const { unread, noAnswer } = text.judged;
    if (typeof unread === "string" && noAnswer !== "ambiguous" && !stated.has(unread))
      stated.set(unread, text);
    if (stated.size === mostExamples) break;
  }
  return {
    ...outcomesOf(texts.map(({ judged }) => judged)),
    examples: [...stated].map(([said, { questionId, answer, judged }]) => ({
      questionId,
      stated: said,
      extracted: judged.extracted,
      answer,
    })),
  };
}
