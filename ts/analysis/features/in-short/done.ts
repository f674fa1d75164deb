/** "What was done". */

import { percent, plural, whole } from "../../format.ts";
import type { RunSummary } from "../../generated/report.ts";
import { type Chapter, defineFinding } from "../findings/catalogue.ts";
import { isAligned, isUntouched, questionsAsked } from "../methods.ts";

/** The model that every method goes on from, and what it was trained on. */
export const startingModel = defineFinding({
  id: "starting-model",
  numbers: ({ provenance }: RunSummary) => ({
    model: provenance?.model ?? provenance?.base,
    questions: provenance?.vftQuestions ?? 0,
  }),
  template: ({ model, questions }) =>
    `A language model${model === undefined ? "" : ` (${model})`} was trained on ${questions === 0 ? "" : `${whole(questions)} `}worked solutions (VFT).`,
});

/** A longer question would hide what was done with it; the record has it in full. */
const longestExample = 240;

export const exampleQuestion = defineFinding({
  id: "example-question",
  numbers: ({ prompts, tasks }: RunSummary) => {
    const example = tasks.length < 2 ? prompts?.[0]?.first.trim() : undefined;
    return example === undefined || example.length > longestExample ? undefined : { example };
  },
  template: ({ example }) => `A question reads: “${example}”`,
});

/** How much there is to learn from. */
export const trainingSamples = defineFinding({
  id: "training-samples",
  numbers: ({ trainGroups: [first], seeds, methods }: RunSummary) =>
    first && { ...first, seeds: seeds.length, areLearntFrom: methods.some(isAligned) },
  template: ({ groups, candidates, withPair, seeds, areLearntFrom }) =>
    `${areLearntFrom ? "Alignment learns from" : "It gave"} ${plural(candidates, "sampled solution")} to ${plural(groups, "training question")}${seeds > 1 ? " (first seed)" : ""}; ${whole(withPair)} of these questions (${percent(groups === 0 ? null : withPair / groups)} %) got both right and wrong ones, from which a method can learn to tell them apart.`,
});

const waysCompared = defineFinding({
  id: "ways-compared",
  numbers: ({ methods }: RunSummary) => ({
    methods: methods.length,
    aligned: methods.filter(isAligned).length,
    areUntouched: isUntouched(methods),
  }),
  template: ({ methods, aligned, areUntouched }) =>
    areUntouched
      ? "Here it is measured as it is: nothing was trained further."
      : `${plural(methods, "way")} of going on from there ${methods === 1 ? "is" : "are"} compared${aligned === 0 ? "" : `, ${aligned === methods ? "all" : aligned} of them learning from the model’s own solutions`}.`,
});

/** That training was not gone through once. */
const roundsGoneThrough = defineFinding({
  id: "rounds-gone-through",
  numbers: ({ rounds }: RunSummary) => rounds && { rounds: rounds.count },
  template: ({ rounds }) =>
    `Each was trained in ${plural(rounds, "round")}: from the second on it sampled anew from its own weights and learned from that; what follows is of the last.`,
});

const measuredOn = defineFinding({
  id: "measured-on",
  numbers: ({ methods, tasks, seeds, split }: RunSummary) => ({
    questions: questionsAsked(methods[0]!),
    isSeveral: methods.length > 1,
    ofTasks: tasks.length > 1 ? " of the trained tasks" : "",
    seeds: seeds.length,
    split,
  }),
  template: ({ questions, isSeveral, ofTasks, seeds, split }) =>
    `${isSeveral ? "Each" : "It"} was measured on ${plural(questions, `${split} question`)}${ofTasks} that it was not trained on, with ${plural(seeds, "seed")}${seeds > 1 && isSeveral ? " each" : ""}.`,
});

export const done: Chapter<RunSummary> = {
  heading: "What was done",
  kinds: [startingModel, exampleQuestion, trainingSamples, waysCompared, roundsGoneThrough, measuredOn],
};
