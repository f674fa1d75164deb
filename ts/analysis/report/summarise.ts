import type { JudgedCandidate } from "../../core/records.ts";
import { diagnose } from "../diagnostics.ts";
import { passTally } from "../metrics/sampled.ts";
import { ratio, total } from "../metrics/tally.ts";
import { defaultResamples } from "../statistics/bootstrap.ts";
import { signFlipTest } from "../statistics/signFlip.ts";
import { type ArmTallies, questionIds, tallyArm } from "./armTallies.ts";
import { compare, drawAll, type MethodDraws, metricOf } from "./compare.ts";
import type { RunData } from "./input.ts";
import { adjustForMany } from "./pairedTests.ts";
import { roleOf } from "./roles.ts";
import { type MethodSummary, metricNames, type RunSummary } from "./schema.ts";
import { trainedArms } from "./trained.ts";

/** All numbers of a run: report.json. The same run always gives the same numbers, intervals included. */
export function summarise(run: RunData, resamples = defaultResamples): RunSummary {
  const ids = questionIds(run);
  const methods = run.methods.filter(({ name }) => run.arms.some((arm) => arm.method === name));
  const tallies = methods.map(({ name }) =>
    run.arms.filter((arm) => arm.method === name).map((arm) => tallyArm(arm, ids)),
  );
  const draws = drawAll(tallies, run.name, resamples);
  const test = signFlipTest(ids.length, run.name);
  const summaries = methods.map((method, at): MethodSummary => {
    const mine = draws[at]!;
    return {
      ...method,
      role: roleOf(method),
      metrics: Object.fromEntries(
        metricNames.map((name) => [name, metricOf(mine, name)]),
      ) as MethodSummary["metrics"],
      ...sampleNumbers(mine.arms),
      comparisons: (["continued", "kept"] as const).flatMap((role) => {
        const other = methods.findIndex((candidate) => roleOf(candidate) === role);
        return other < 0 || other === at
          ? []
          : [compare(mine, draws[other]!, methods[other]!.name, role, test)];
      }),
    };
  });
  adjustForMany(summaries);
  const trainGroups = run.trainGroups.map(summariseGroups);
  const training = trainedArms(run);
  const { name, description, finishedAt, device, seeds, stages, versions, configYaml } = run;
  return {
    schemaVersion: 1,
    name,
    ...(description === undefined ? {} : { description }),
    finishedAt,
    device,
    seeds,
    resamples,
    methods: summaries,
    trainGroups,
    training,
    diagnostics: diagnose(summaries, trainGroups, training),
    stages,
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
      ...wrongSteps(candidates),
    },
  };
}

/** Right answers whose steps were checked (`stepsValid`, which a judge that can check steps adds). */
function wrongSteps(candidates: readonly JudgedCandidate[]) {
  const checked = candidates.filter(({ correct, stepsValid }) => correct && typeof stepsValid === "boolean");
  return {
    rightAnswers: checked.length,
    rightAnswersWrongSteps: checked.filter(({ stepsValid }) => stepsValid === false).length,
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
    ...wrongSteps(candidates),
  };
}
