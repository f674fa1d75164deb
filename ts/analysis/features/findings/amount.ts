/** Whether there is enough to learn from, and to measure on. */
import { sumOf } from "../../../core/sum.ts";
import { percent, plural, whole } from "../../format.ts";
import { wilsonInterval } from "../../statistics/interval.ts";
import { questionsAsked } from "../methods.ts";
import { defineFinding } from "./catalogue.ts";
import type { Measurements } from "./measurements.ts";

/** With fewer, an interval of accuracy is wider than 35 points about one half. */
const fewQuestions = 30;

export const fewToMeasureOn = defineFinding({
  id: "few-questions",
  question: "Enough questions to measure on?",
  numbers: ({ methods: [first] }: Measurements) => {
    const questions = first === undefined ? 0 : questionsAsked(first);
    if (questions === 0 || questions >= fewQuestions) return undefined;
    const half = wilsonInterval(questions / 2, questions)!;
    return { width: half.high - half.low, evidence: { questions } };
  },
  level: "warning",
  template: ({ width, evidence: { questions } }) =>
    `Everything is measured on ${plural(questions, "question")}: an accuracy of 50 % has a 95 % interval ${percent(width, 0)} points wide, and most differences between methods cannot be seen.`,
});

/** A gap between training and other questions that is worth a warning. */
const wideGap = 0.3;

/**
 * The model that samples knows its training questions by heart: right on nearly all of them, on other questions much less
 * often, so that little is left to learn. The best of all methods on the test questions is what it is held against.
 */
export const memorisedTraining = defineFinding({
  id: "memorised-training",
  question: "Over-fitted to the training questions?",
  numbers: ({ trainGroups, methods }: Measurements) => {
    // As the judge counted them, a text that came twice twice.
    const [groups, samples, right] = [
      sumOf(trainGroups, (group) => group.groups),
      sumOf(trainGroups, ({ counts }) => counts.candidates ?? 0),
      sumOf(trainGroups, ({ counts }) => counts.correct ?? 0),
    ];
    const answering = methods.flatMap(({ metrics }) =>
      [metrics.accuracy, metrics.sampledAccuracy].flatMap(({ value }) => value ?? []),
    );
    const questions = methods[0]?.metrics.accuracy.perSeed[0]?.n ?? 0;
    if (samples === 0 || questions === 0 || answering.length === 0) return undefined;
    const [training, test] = [right / samples, Math.max(...answering)];
    // Samples of one question hang together: questions are what is counted.
    const least = wilsonInterval(training * groups, groups)!.low;
    const most = wilsonInterval(test * questions, questions)!.high;
    if (training - test <= wideGap || least <= most) return undefined;
    return { samples, right, evidence: { training, test } };
  },
  level: "warning",
  template: ({ samples, right, evidence: { training, test } }) =>
    `Of the samples to training questions ${percent(training)} % (${whole(right)} of ${whole(samples)}) are right, of the answers to other questions ${percent(test)} % at best: the model that sampled has learnt its training questions by heart, and they teach little. Fewer epochs of VFT, or more training questions.`,
});
