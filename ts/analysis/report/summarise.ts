import type { JudgedCandidate } from "../../core/records.ts";
import { reliabilityOf } from "../features/assessor/numbers.ts";
import { costOf } from "../features/cost/numbers.ts";
import { difficultyOf } from "../features/difficulty/numbers.ts";
import { diagnose } from "../features/findings/numbers.ts";
import { selfConsistencyOf } from "../features/self-consistency/numbers.ts";
import { summariseTasks } from "../features/tasks/numbers.ts";
import { trainedArms } from "../features/training/numbers.ts";
import type { MethodDraws } from "../measure/draws.ts";
import { adjustForMany } from "../measure/paired-tests.ts";
import type { ArmTallies } from "../measure/tallies.ts";
import { passTally } from "../metrics/sampled.ts";
import { ratio, total } from "../metrics/tally.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";
import { defaultResamples } from "../statistics/bootstrap.ts";
import { signFlipTest } from "../statistics/sign-flip.ts";
import { drawRun, measureAll } from "./measured.ts";
import { roleOf } from "./roles.ts";
import type { MethodSummary, RunSummary } from "./schema.ts";

/** All numbers of a run: report.json. The same run always gives the same numbers, intervals included. */
export function summarise(run: RunData, resamples = defaultResamples): RunSummary {
  const headline = headlineRun(run);
  const drawn = drawRun(headline, run.name, resamples);
  const test = signFlipTest(drawn.questions, run.name);
  const measured = measureAll(drawn, test);
  const summaries = drawn.methods.map(
    (method, at): MethodSummary => ({
      ...method,
      role: roleOf(method),
      ...measured[at]!,
      ...sampleNumbers(drawn.draws[at]!.arms),
    }),
  );
  adjustForMany(summaries);
  const trainGroups = run.trainGroups.map(summariseGroups);
  const training = trainedArms(run);
  const { name, description, finishedAt, device, seeds, stages, versions, configYaml, prompts, provenance } =
    run;
  const selfConsistency = selfConsistencyOf(headline, run.name, resamples, test);
  const difficulty = difficultyOf(headline, run.name, resamples, test);
  const byTask = summariseTasks(run, { drawn, measured });
  return {
    schemaVersion: 1,
    name,
    ...(description === undefined ? {} : { description }),
    finishedAt,
    device,
    seeds,
    resamples,
    split: run.split ?? "test",
    methods: summaries,
    ...byTask,
    ...(prompts === undefined ? {} : { prompts }),
    reliability: reliabilityOf(headline),
    ...(selfConsistency === undefined ? {} : { selfConsistency }),
    ...(difficulty === undefined ? {} : { difficulty }),
    trainGroups,
    training,
    diagnostics: diagnose(summaries, trainGroups, training, byTask.tasks),
    stages,
    cost: costOf(run),
    ...(provenance === undefined ? {} : { provenance }),
    versions,
    configYaml,
  };
}

function sampleNumbers(arms: MethodDraws["arms"]): Pick<MethodSummary, "k" | "passAtK" | "counts"> {
  const k = Math.max(0, ...arms.map((arm) => arm.k));
  const samples = arms.flatMap(({ arm }) => arm.samples);
  const candidates = samples.flatMap((group) => group.candidates);
  const predictions = arms.flatMap(({ arm }) => arm.predictions);
  const sumOf = (series: "assessmentMicro" | "assessmentMacro") =>
    arms.reduce((sum, arm: ArmTallies) => sum + total(arm.series[series]), 0);
  return {
    k,
    passAtK: Object.fromEntries(
      Array.from({ length: k }, (_, at) => [
        at + 1,
        ratio(samples.map((group) => passTally(group.candidates, at + 1))),
      ]),
    ),
    counts: {
      questions: predictions.length,
      samples: candidates.length,
      heldOutQuestions: arms.reduce((sum, { arm }) => sum + arm.heldOut.length, 0),
      heldOutQuestionsWithPair: sumOf("assessmentMacro"),
      pairs: sumOf("assessmentMicro"),
      greedyWithoutAnswer: predictions.filter(({ extracted }) => extracted === null).length,
      greedyCutOff: predictions.filter(({ finish }) => finish === "length").length,
      samplesWithoutAnswer: candidates.filter(({ extracted }) => extracted === null).length,
      ...checkedSteps(candidates),
    },
  };
}

/** A judge that labels by the steps too says apart whether the answer alone is right. */
const rightAnswer = ({ correct, answerCorrect }: JudgedCandidate): boolean =>
  typeof answerCorrect === "boolean" ? answerCorrect : correct;

/** Samples whose steps were checked (`stepsValid`, which a judge that can check steps adds), by answer and steps. */
function checkedSteps(candidates: readonly JudgedCandidate[]) {
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

function summariseGroups({ seed, counts, groups }: RunData["trainGroups"][number]) {
  const candidates = groups.flatMap((group) => group.candidates);
  const sides = groups.map((group) => ({
    positive: group.candidates.some(({ correct }) => correct),
    negative: group.candidates.some(({ correct }) => !correct),
  }));
  return {
    seed,
    counts,
    groups: groups.length,
    candidates: candidates.length,
    withPair: sides.filter(({ positive, negative }) => positive && negative).length,
    withoutPositive: sides.filter(({ positive }) => !positive).length,
    withoutNegative: sides.filter(({ negative }) => !negative).length,
    labelledBySteps: candidates.some(({ answerCorrect }) => typeof answerCorrect === "boolean"),
    ...checkedSteps(candidates),
  };
}
