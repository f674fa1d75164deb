import { describe, expect, it } from "vitest";
import { errorOf, load, smallest } from "./helpers.ts";

const judging = (judge: string, groups = false): Record<string, string> => ({
  ...(groups ? { "groups.jsonl": "" } : {}),
  "main.yaml": smallest.replace("stages: {", `stages: {judge: {${judge}}, `),
});
const settingsOf = async (judge: string, groups = false) =>
  (await load(judging(judge, groups))).experiment.stages.judge;

describe("what ranks go by", () => {
  it("is the steps where nothing is said, and labels go by the answer", async () => {
    expect(await settingsOf("feedback: ranked")).toEqual({
      extract: "strict",
      feedback: "ranked",
      label: "answer",
    });
  });

  it("is a word, or generators in their order", async () => {
    expect(await settingsOf("feedback: ranked, ranking: score")).toMatchObject({ ranking: "score" });
    const generators = "feedback: ranked, groupsFile: groups.jsonl, ranking: {generators: [a, b]}";
    expect(await settingsOf(generators, true)).toMatchObject({
      ranking: { generators: ["a", "b"], reference: false },
    });
  });

  it.each([
    [
      "ranking: score",
      false,
      'main.yaml:6:27: stages.judge.ranking: there are no ranks under stages.judge.feedback: binary\n  found: "score"\n  expected: stages.judge.feedback: ranked, or no ranking',
    ],
    [
      "feedback: ranked, ranking: reward",
      false,
      'main.yaml:6:45: stages.judge.ranking: the COTs that a run samples itself have no reward to be ranked by\n  found: "reward"\n  expected: steps or score, or groups of your own in stages.judge.groupsFile',
    ],
    [
      "feedback: ranked, ranking: {generators: [a, b]}",
      false,
      'main.yaml:6:45: stages.judge.ranking: the COTs that a run samples itself have no generator to be ranked by\n  found: "generators"\n  expected: steps or score, or groups of your own in stages.judge.groupsFile',
    ],
    [
      "feedback: ranked, ranking: steps, groupsFile: groups.jsonl",
      true,
      'main.yaml:6:45: stages.judge.ranking: the groups of stages.judge.groupsFile are ranked by a column: their steps are not looked at again\n  found: "steps"\n  expected: score, reward, rank or generators; left out, their ranks count as they stand',
    ],
    [
      "label: answer-and-steps, groupsFile: groups.jsonl",
      true,
      'main.yaml:6:25: stages.judge.label: the groups of stages.judge.groupsFile have their labels already\n  found: "answer-and-steps"\n  expected: answer, or no groupsFile',
    ],
  ])("%s is refused", async (judge, groups, message) => {
    expect(await errorOf(judging(judge, groups))).toBe(message);
  });

  it("is told with the nearest word", async () => {
    expect(await errorOf(judging("label: answer-and-step"))).toContain("did you mean: answer-and-steps");
    const message = await errorOf(judging("feedback: ranked, ranking: scores"));
    expect(message).toContain("stages.judge.ranking");
    expect(message).toContain('found: "scores"');
  });
});
