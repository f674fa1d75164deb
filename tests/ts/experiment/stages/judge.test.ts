import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { arithmeticTaskSchema, type Experiment } from "../../../../ts/config/index.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { arithmeticQuestions, taskOf } from "../../../../ts/data/index.ts";
import { givenGroupsNode } from "../../../../ts/experiment/stages/groups-file.ts";
import { judge, warnOfPairs } from "../../../../ts/experiment/stages/judge.ts";
import type { PlanNode, StageContext } from "../../../../ts/experiment/stages/node.ts";
import type { Artefact } from "../../../../ts/experiment/store/store.ts";

const other = { stage: "other" } as PlanNode;
const settings = arithmeticTaskSchema.parse({ task: "arithmetic" });
const node = (more: object = {}) =>
  judge.node({
    task: taskOf(settings),
    settings,
    questions: other,
    candidates: other,
    judging: { extract: "strict", split: "train", questions: undefined, ...more },
  });

test("settings that are left out, or are what is done anyway, leave the key as it was", () => {
  const plain = node();
  expect(Object.keys(plain.settings as object).sort()).toEqual([
    "extract",
    "pattern",
    "questions",
    "split",
    "task",
  ]);
  expect(node({ feedback: "binary", label: "answer", ranking: undefined }).settings).toEqual(plain.settings);
  const ranked = node({ feedback: "ranked" });
  expect(ranked.settings).toEqual({ ...(plain.settings as object), feedback: "ranked" });
  expect(node({ feedback: "ranked", ranking: "steps" }).settings).toEqual(ranked.settings);
});

test("others are in the key", () => {
  expect(node({ feedback: "ranked", ranking: "score" }).settings).toMatchObject({ ranking: "score" });
  expect(node({ label: "answer-and-steps" }).settings).toMatchObject({ label: "answer-and-steps" });
});

test("a judged split is ranked by score and labelled by steps as it was asked to be", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-judge-"));
  const [question] = arithmeticQuestions({}, 1, 1);
  const texts = [question!.reference!, `1 + 1 = 2\n#### ${question!.answer}`, "#### 100"];
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFile(join(folder, "train.jsonl"), lines([question!]));
  await writeFile(
    join(folder, "candidates.jsonl"),
    lines(
      texts.map((text, index) => ({ questionId: question!.id, index, text, logprob: index - 9, tokens: 1 })),
    ),
  );
  const inputs = {
    questions: { directory: folder } as Artefact,
    candidates: { directory: folder } as Artefact,
  };
  const judging = node({ feedback: "ranked", ranking: "score", label: "answer-and-steps" });
  const counts = await judging.run({ directory: folder } as StageContext, inputs);
  expect(counts).toMatchObject({ correct: 1, wrong: 2, correctStrict: 2, rightAnswerWrongSteps: 1 });
  const { ranking, candidates } = JSON.parse(await readFile(join(folder, "groups.jsonl"), "utf8"));
  expect(ranking).toBe("score");
  expect(candidates.map(({ correct, rank }: { correct: boolean; rank: number }) => [correct, rank])).toEqual([
    [true, 1],
    [false, 3],
    [false, 2],
  ]);
});

test("groups of one's own are ranked by their rewards, and the recipe is in the key and in the groups", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-own-"));
  const file = join(folder, "own.jsonl");
  const cot = (text: string, reward: number) => ({ text, extracted: "7", correct: true, reward });
  const group = { id: "q", task: "gsm8k", prompt: "?", reference: "#### 7", answer: "7" };
  await writeFile(file, JSON.stringify({ ...group, candidates: [cot("a", 1), cot("b", 2)] }));
  const own = (ranking: string | undefined) =>
    givenGroupsNode({
      tasks: [{ task: "gsm8k", use: "train" }],
      stages: { judge: { feedback: "ranked", groupsFile: file, ranking } },
    } as unknown as Experiment);
  const ranked = (await own("reward"))!;
  expect(ranked.settings).toMatchObject({ ranking: "reward" });
  expect((await own(undefined))!.settings).not.toHaveProperty("ranking");
  expect(await ranked.run({ directory: folder } as StageContext, {})).toMatchObject({ pairedByRank: 1 });
  const written = JSON.parse(await readFile(join(folder, "groups.jsonl"), "utf8"));
  expect(written.ranking).toBe("reward");
  expect(written.candidates.map(({ rank }: { rank: number }) => rank)).toEqual([2, 1]);
});

test("that most questions have no pair is told before anything is trained on them, where a method goes by pairs", () => {
  const told = (method: object, counts: { paired: number; onlyNegative: number; onlyPositive: number }) => {
    const notes: string[] = [];
    const progress = { ...silent, note: (text: string) => void notes.push(text) };
    warnOfPairs(
      { experiment: { methods: { a: method } } as unknown as Experiment, label: "judge", progress },
      counts,
    );
    return notes;
  };
  const few = { paired: 1, onlyNegative: 9, onlyPositive: 2 };
  expect(told({ constraint: "none" }, few)).toEqual([
    "judge: warning: 91.7 % of the training questions (11 of 12) have no pair of a right and a wrong COT: nothing can be learnt from them about which is better. 9 without a right one, 2 without a wrong one.",
  ]);
  expect(told({ constraint: "none" }, { ...few, paired: 11 })).toEqual([]);
  expect(told({ method: "rft" }, few)).toEqual([]);
});
