/** What the numbers say: every finding of a run with the numbers that it rests on. */
import { z } from "zod";
import { defined } from "../../../core/defined.ts";
import type { Diagnostic } from "../../generated/report.ts";
import { method, number } from "../../measure/schema.ts";
import { numbers } from "../feature.ts";
import { fewToMeasureOn, memorisedTraining } from "./amount.ts";
import {
  checkedSamples,
  groupsWithoutPair,
  notInForm,
  rightByWrongSteps,
  unparsed,
  unreadable,
  wrongByRightSteps,
} from "./answers.ts";
import { type Finding, type FindingKind, findingsOf, ofEach } from "./catalogue.ts";
import type { Measurements, MethodIn } from "./measurements.ts";
import {
  gainOverContinued,
  outOfDistribution,
  overfitToAssessing,
  positivesLessLikely,
  unequalTraining,
  warnedWhileTraining,
} from "./training.ts";

const everyMethod = (measurements: Measurements): MethodIn[] =>
  measurements.methods.map((summary) => ({ ...measurements, method: summary }));

const trainedMethods = (measurements: Measurements): MethodIn[] =>
  everyMethod(measurements).filter((trained) => trained.method.role !== "kept");

/** In the order of report.json and of the page. */
export const catalogue: readonly FindingKind<Measurements>[] = [
  ofEach(trainedMethods, gainOverContinued),
  ofEach(trainedMethods, unequalTraining),
  ofEach(trainedMethods, overfitToAssessing),
  ofEach(trainedMethods, positivesLessLikely),
  ofEach(trainedMethods, outOfDistribution),
  ofEach(trainedMethods, warnedWhileTraining),
  fewToMeasureOn,
  memorisedTraining,
  groupsWithoutPair,
  ofEach(checkedSamples, rightByWrongSteps, wrongByRightSteps),
  ofEach(everyMethod, notInForm),
  ofEach(everyMethod, unreadable),
  ofEach(({ answers }) => [...answers], unparsed),
];

export const diagnosticSchema = z.object({
  id: z
    .enum([
      "overfit-to-assessing",
      "positives-less-likely",
      "warned-while-training",
      "gain-over-continued-vft",
      "unequal-training",
      "out-of-distribution",
      "few-questions",
      "memorised-training",
      "groups-without-pair",
      "right-by-wrong-steps",
      "wrong-by-right-steps",
      "answers-not-in-form",
      "unreadable-output",
      "unparsed-answers",
    ])
    .meta({ description: "what was looked at" }),
  level: z.enum(["fine", "note", "warning"]).meta({ description: "how much it matters" }),
  method: method.optional(),
  text: z.string().meta({ description: "what was found, in a sentence or two" }),
  evidence: z.record(z.string(), number.nullable()).meta({ description: "the numbers that it rests on" }),
});

export const diagnose = (measurements: Measurements): Diagnostic[] =>
  findingsOf(catalogue, measurements).map(diagnosticOf);

function diagnosticOf({ id, level, numbers: found, text }: Finding): Diagnostic {
  const { evidence, method: about } = found as Pick<Diagnostic, "evidence"> & { method?: { name: string } };
  return { id: id as Diagnostic["id"], level, ...defined({ method: about?.name }), text, evidence };
}

export const diagnostics = numbers({
  schema: {
    diagnostics: z.array(diagnosticSchema).meta({ description: "what the numbers say, in words" }),
  },
  needs: ["methods", "trainGroups", "training", "tasks", "answers"],
  compute: (_, measurements) => ({ diagnostics: diagnose(measurements) }),
});
