/** An invented run of the right shape, the same at every call: no number in it was measured. */
import type { Arm, MethodInfo, RunData, TrainingStep } from "../../../ts/analysis/index.ts";
import { type Random, randomFrom } from "../../../ts/core/random.ts";
import type { Group, JudgedCandidate } from "../../../ts/core/records.ts";

interface Shape {
  greedy: number;
  sampled: number;
  positive: number;
  negative: number;
}

const vft: Shape = { greedy: 0.6, sampled: 0.51, positive: -0.07, negative: -0.145 };

export const methods: (MethodInfo & { shape: Shape })[] = [
  { name: "kept", label: "VFT, kept as it is", method: "keep", settings: {}, shape: vft },
  {
    name: "continued",
    label: "continued VFT",
    method: "vft",
    settings: { start: "vft" },
    shape: { ...vft, greedy: 0.57 },
  },
  {
    name: "rft",
    label: "RFT",
    method: "rft",
    settings: { checkEquations: true },
    shape: { greedy: 0.61, sampled: 0.53, positive: -0.068, negative: -0.15 },
  },
  {
    name: "none",
    label: "AFT, no constraint",
    method: "aft",
    settings: { constraint: "none", weight: 1 },
    shape: { greedy: 0.48, sampled: 0.44, positive: -0.12, negative: -0.34 },
  },
  {
    name: "dc",
    label: "AFT-DC",
    method: "aft",
    settings: { constraint: "detached", weight: 3 },
    shape: { greedy: 0.62, sampled: 0.54, positive: -0.066, negative: -0.16 },
  },
  {
    name: "bc",
    label: "AFT-BC",
    method: "aft",
    settings: { constraint: "boundary", beta: 0.1, weight: 3 },
    shape: { greedy: 0.62, sampled: 0.54, positive: -0.066, negative: -0.17 },
  },
];

/** The paper's comparison: every loss with every constraint beside the six. */
export const allMethods: typeof methods = [
  ...methods,
  ...(["detached", "boundary"] as const).map((constraint, at) => ({
    name: `ranked-${constraint}`,
    label: `AFT-ranked-${["DC", "BC"][at]}`,
    method: "aft",
    settings: { constraint: `ranked-${constraint}`, weight: 1 },
    shape: { greedy: 0.63, sampled: 0.55, positive: -0.066, negative: -0.17 },
  })),
  ...["RRHF", "PRO", "DPO"].flatMap((family, at) =>
    ["none", "detached", "boundary"].map((constraint) => ({
      name: `${family}-${constraint}`.toLowerCase(),
      label: { none: family, detached: `${family} + DC`, boundary: `${family} + BC` }[constraint]!,
      method: family.toLowerCase(),
      settings: { constraint, weight: 1 },
      shape:
        constraint === "none"
          ? { greedy: 0.3 + 0.1 * at, sampled: 0.3, positive: -0.2, negative: -0.5 }
          : { greedy: 0.6, sampled: 0.52, positive: -0.068, negative: -0.16 },
    })),
  ),
];

/** Roughly normal: the mean of uniforms, scaled to standard deviation 1. */
function normal(random: Random): number {
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += random.next();
  return sum - 6;
}

const questionText = (i: number) =>
  `Cat buys ${2 + (i % 7)} boxes of ${3 + (i % 5)} keys & ${1 + (i % 4)} bags of 6 figs <b>. How many things?`;

function sampleTexts(random: Random, i: number, k: number): JudgedCandidate[] {
  const answer = 20 + i;
  return Array.from({ length: k }, (_, index) => {
    const kind = random.next();
    const total = kind < 0.52 ? answer : answer + random.int(1, 9);
    const extracted = kind > 0.96 ? null : String(total);
    const first = random.int(2, 9);
    return {
      text: `${first} * ${index + 2} = ${first * (index + 2)} ;\n${first} + ${index} = ${total} ; ${extracted === null ? "and so on" : `#### ${total}`}`,
      extracted,
      correct: extracted !== null && total === answer,
      index,
      finish: "stop",
      ...(kind < 0.52 ? { stepsValid: kind > 0.01 } : {}),
    };
  });
}

function scored(groups: readonly Group[], shape: Shape, seed: number, name: string): Group[] {
  return groups.map((group) => {
    const random = randomFrom("difficulty", group.id);
    const difficulty = 0.75 + 0.5 * random.next();
    return {
      ...group,
      candidates: group.candidates.map((candidate) => {
        const own = randomFrom("score", group.id, candidate.text);
        const shift = randomFrom("shift", group.id, candidate.text, name, seed);
        const mean = candidate.correct ? shape.positive : shape.negative;
        return {
          ...candidate,
          score: mean * difficulty * Math.exp(0.45 * normal(own) + 0.1 * normal(shift)),
        };
      }),
    };
  });
}

/** As a sampler notes them: the sum of the tokens' log-probabilities, and their number. */
const sampledWithScores = (groups: readonly Group[], shape: Shape): Group[] =>
  groups.map((group) => ({
    ...group,
    candidates: group.candidates.map((candidate) => {
      const own = randomFrom("sampled", group.id, candidate.text);
      const mean = candidate.correct ? shape.positive : shape.negative;
      return { ...candidate, logprob: 20 * mean * Math.exp(0.45 * normal(own)), tokens: 20 };
    }),
  }));

/** One to four steps, fewer more often; in part the same luck as the greedy answer's: more steps are harder. */
const stepsOf = (id: string): number =>
  1 + Math.floor(2 * randomFrom("greedy", id).next() + 2 * randomFrom("steps", id).next());

function groupsOf(name: string, questions: number, k: number): Group[] {
  return Array.from({ length: questions }, (_, i) => ({
    id: `test-${i + 1}`,
    task: "arithmetic",
    prompt: `${questionText(i)}\n`,
    answer: String(20 + i),
    candidates: sampleTexts(randomFrom("texts", name, i), i, k),
  }));
}

function steps(shape: Shape, method: string, seed: number, count: number): TrainingStep[] {
  const random = randomFrom("steps", method, seed);
  const noise = (scale: number) => scale * normal(random);
  return Array.from({ length: count }, (_, at) => {
    const done = (at + 1) / count;
    const between = (from: number, to: number) => from + (to - from) * (1 - Math.exp(-3 * done));
    const positive = between(vft.positive, shape.positive) + noise(0.006);
    const isVft = method === "VFT";
    const vftLoss = isVft ? 2.6 * Math.exp(-6 * done) + 0.12 + Math.abs(noise(0.03)) : 0.1 + noise(0.01);
    return {
      step: at + 1,
      learningRate: 0.0005 * (1 - done),
      loss: { total: vftLoss + (isVft ? 0 : 0.8), vft: vftLoss, alignment: isVft ? 0 : 0.8 + noise(0.05) },
      gradientNorm: 1 + noise(0.1),
      meanTarget: isVft ? -vftLoss : -0.08 + noise(0.004),
      ...(isVft || method === "continued" || method === "rft"
        ? {}
        : {
            meanPositive: positive,
            meanNegative: between(vft.negative, shape.negative) + noise(0.012),
            ...(method === "bc" ? { meanBoundary: positive - 0.15, negativesBelowBoundary: 0.3 } : {}),
          }),
      pairedGroups: 5,
      groups: 8,
      seconds: 0.15,
      tokens: 900,
    };
  });
}

/** Six methods, or those given, on `questions` test questions. */
export function syntheticRun({
  questions = 60,
  k = 6,
  seeds = [1],
  trainingSteps = 60,
  methods: chosen = methods,
} = {}): RunData {
  const heldOut = groupsOf("vft", questions, k);
  const arms: Arm[] = seeds.flatMap((seed) =>
    chosen.map(({ name, shape }): Arm => {
      const random = randomFrom("arm", name, seed);
      return {
        method: name,
        seed,
        predictions: heldOut.map(({ id, prompt, answer }, i) => {
          const difficulty = randomFrom("greedy", id).next();
          const correct = difficulty < shape.greedy + 0.1 * (random.next() - 0.5);
          const none = !correct && random.next() < 0.05;
          return {
            questionId: id,
            question: questionText(i),
            prompt,
            text: `1 + 2 = 3 ; #### ${correct ? answer : "7"}`,
            extracted: none ? null : correct ? answer : "7",
            answer,
            correct,
            finish: "stop",
            steps: stepsOf(id),
          };
        }),
        samples: sampledWithScores(groupsOf(`${name} ${seed}`, questions, k), shape),
        heldOut: scored(heldOut, shape, seed, name),
      };
    }),
  );
  return {
    name: "quickstart",
    description: "An invented run, for tests: <none> of its numbers was measured.",
    configYaml: "# the experiment\nname: quickstart\nmodel:\n  create: { hidden: 96 } # <tiny>\nseeds: [1]\n",
    versions: { aft: "0.1.0", node: "20.20.2", python: "3.11.2", torch: "2.13.0", transformers: "5.23.0" },
    seeds,
    device: "cpu (2 threads)",
    tasks: [{ name: "arithmetic", use: "train" }],
    finishedAt: "2025-01-02T03:04:05.000Z",
    stages: seeds.flatMap((seed) => [
      { stage: "vft", seed, seconds: 112.4, tokens: 1_900_000, reused: true, artefact: "vft-0a1b2c3d" },
      { stage: "sample", seed, seconds: 9.1, tokens: 160_000, reused: false, artefact: "sample-4e5f6071" },
      ...chosen.slice(1).map(({ name }) => ({
        stage: "align",
        method: name,
        seed,
        seconds: 40.2,
        tokens: 300_000,
        reused: false,
        artefact: `align-${name}`,
      })),
    ]),
    training: seeds.flatMap((seed) => [
      { method: "VFT", seed, steps: steps(vft, "VFT", seed, 2 * trainingSteps) },
      ...chosen.slice(1).map(({ name, shape }) => ({
        method: name,
        seed,
        steps: steps(shape, name, seed, trainingSteps),
      })),
    ]),
    methods: chosen.map(({ name, label, method, settings }) => ({ name, label, method, settings })),
    arms,
    trainGroups: seeds.map((seed) => ({
      seed,
      counts: { sampled: questions * k, duplicates: 3 },
      groups: groupsOf(`train ${seed}`, questions, k),
    })),
  };
}
