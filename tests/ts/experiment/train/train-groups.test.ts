import { expect, test } from "vitest";
import { methodSchema, type TrainedMethod } from "../../../../ts/config/index.ts";
import type { Group } from "../../../../ts/core/records.ts";
import {
  type TrainGroupOptions,
  trainGroup as trainGroupOf,
} from "../../../../ts/experiment/train/train-groups.ts";

const options: TrainGroupOptions = { seed: 1, feedback: "binary" };
const trainGroup = (group: Parameters<typeof trainGroupOf>[0], method: TrainedMethod) =>
  trainGroupOf(group, method, options);

const method = (settings: object) => methodSchema.parse(settings) as TrainedMethod;
const reference = "1 + 2 = 3\n3 + 4 = 7\n#### 7";
const right = {
  text: "3 + 4 = 7\n#### 7",
  extracted: "7",
  correct: true,
  tokenIds: [3, 4, 1],
  finish: "stop" as const,
};
const lucky = { text: "1 + 2 = 4\n#### 7", extracted: "7", correct: true };
const wrong = { text: "1 + 2 = 4\n#### 8", extracted: "8", correct: false };
const same = { text: reference, extracted: "7", correct: true };
const group: Group = {
  id: "q1",
  task: "arithmetic",
  prompt: "?\n",
  reference,
  answer: "7",
  candidates: [right, wrong, right, lucky, same, wrong],
};
const target = { text: reference, target: true, reference: true };
const positive = (text: string) => ({ text, target: false, label: "positive", rank: 1 });
const negative = (text: string) => ({ text, target: false, label: "negative", rank: 2 });
const sampled = { tokenIds: [3, 4, 1], finish: "stop" };

test("continued VFT trains on the reference alone", () => {
  expect(trainGroup(group, method({ method: "vft" }))).toEqual({
    id: "q1",
    prompt: "?\n",
    responses: [target],
  });
});

test("RFT adds each accepted sample once, as a target: right answer, true equations, never the reference again", () => {
  expect(trainGroup(group, method({ method: "rft" })).responses).toEqual([
    target,
    { text: right.text, target: true, ...sampled },
  ]);
});

test("AFT ranks each distinct sample by its answer, right above wrong; the reference is a target and on no side", () => {
  expect(trainGroup(group, method({ method: "aft", constraint: "detached" })).responses).toEqual([
    target,
    { ...positive(right.text), ...sampled },
    positive(lucky.text),
    positive(reference),
    negative(wrong.text),
  ]);
});

test("with referenceAsPositive the reference is a positive too, and a sample of the same text is not a second one", () => {
  const settings = method({ method: "aft", constraint: "detached", referenceAsPositive: true });
  expect(trainGroup(group, settings).responses).toEqual([
    { ...target, label: "positive", rank: 1 },
    { ...positive(right.text), ...sampled },
    positive(lucky.text),
    negative(wrong.text),
  ]);
});

test.each(["rrhf", "pro"])(
  "%s may train the likelihood of the best-ranked COT, as its released code",
  (name) => {
    const settings = method({ method: name, constraint: "none", target: "best" });
    expect(trainGroup(group, settings).responses).toEqual([
      { ...positive(right.text), ...sampled, target: true },
      positive(lucky.text),
      positive(reference),
      negative(wrong.text),
    ]);
    // Where none is right the reference stays the target; where it counts among the best, it is the first of them.
    expect(trainGroup({ ...group, candidates: [wrong] }, settings).responses).toEqual([
      target,
      negative(wrong.text),
    ]);
    const joined = method({ method: name, constraint: "none", target: "best", referenceAsPositive: true });
    expect(trainGroup(group, joined).responses[0]).toEqual({ ...target, label: "positive", rank: 1 });
    const byDefault = method({ method: name, constraint: "none" });
    expect(trainGroup(group, byDefault).responses[0]).toEqual(target);
  },
);

test("under ranks the likelihood trained is that of the best-ranked COT, right or wrong, as in the released code", () => {
  const settings = method({ method: "rrhf", constraint: "none", target: "best" });
  const worse = { ...wrong, text: "1 + 2 = 5\n#### 9", rank: 2 };
  const ranked = { ...group, candidates: [worse, { ...wrong, rank: 1 }] };
  expect(trainGroupOf(ranked, settings, { ...options, feedback: "ranked" }).responses).toEqual([
    { ...negative(wrong.text), rank: 1, target: true },
    negative(worse.text),
  ]);
});

test("a question without positives or without negatives is kept, with what it has", () => {
  const settings = method({ method: "aft", constraint: "none" });
  expect(trainGroup({ ...group, candidates: [] }, settings).responses).toEqual([target]);
  expect(trainGroup({ ...group, candidates: [wrong] }, settings).responses).toEqual([
    target,
    negative(wrong.text),
  ]);
});

test("a question all right or all wrong goes to the worker whole, told apart by its labels", () => {
  const scored = (one: object, logprob: number) => ({ ...one, logprob });
  for (const settings of [{ method: "reinforce" }, { method: "nca" }, { method: "grpo" }]) {
    const needs = settings.method === "nca" ? { referenceLogprob: -3 } : {};
    const by = method({ ...settings, constraint: "none" });
    const only = (one: object) => ({ ...group, candidates: [scored(one, -3)] }) as Group;
    expect(trainGroup(only(lucky), by).responses).toEqual([target, { ...positive(lucky.text), ...needs }]);
    expect(trainGroup(only(wrong), by).responses).toEqual([target, { ...negative(wrong.text), ...needs }]);
  }
});

test("a question without a reference is an error that names it", () => {
  const { reference: _, ...none } = group;
  expect(() => trainGroup(none, method({ method: "vft" }))).toThrow('question "q1" has no reference COT');
});
