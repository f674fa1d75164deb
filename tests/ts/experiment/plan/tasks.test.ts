import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import {
  keyOfNode,
  labelOf,
  type PlanNode,
  type StageContext,
} from "../../../../ts/experiment/stages/node.ts";

/** Three tasks of the generator: two trained on, one only evaluated. */
const task = (name: string, more = "") =>
  `{task: arithmetic, name: ${name}, train: 20, validation: 5, test: 8, items: [2, 2], operations: [add]${more}}`;
const several = [task("sums"), task("more", ", weight: 2, seed: 2"), task("far", ", use: evaluate, seed: 3")];
const plan = async (tasks: readonly string[], ...set: string[]) =>
  planOf(
    (
      await loadExperiment("experiments/miniature.yaml", {
        set: [
          `tasks=[${tasks.join(", ")}]`,
          "stages.sample.questions=20",
          "stages.evaluate.questions=8",
          ...set,
        ],
      })
    ).experiment,
  );
const labels = (nodes: readonly PlanNode[], stage: string) =>
  nodes.filter((node) => node.stage === stage).map(labelOf);

test("each task has questions, samples and evaluations of its own; VFT is one, over the trained tasks", async () => {
  const { nodes, seeds } = await plan(several);
  expect(labels(nodes, "questions").sort()).toEqual(["questions far", "questions more", "questions sums"]);
  const vft = nodes.filter(({ stage }) => stage === "vft");
  expect(vft.map(({ inputs }) => Object.keys(inputs))).toEqual([
    ["base", "questions more", "questions sums"],
  ]);
  expect(seeds[0]!.trainGroups.map((group) => group.task)).toEqual(["sums", "more"]);
  const arm = seeds[0]!.arms.find(({ method }) => method === "aft-bc")!;
  expect(Object.keys(arm.align!.inputs)).toEqual(["checkpoint", "groups more", "groups sums"]);
  expect(arm.evaluate.map(({ node }) => labelOf(node))).toEqual([
    "evaluate aft-bc sums seed 1",
    "evaluate aft-bc more seed 1",
    "evaluate aft-bc far seed 1",
  ]);
});

test("a task that is only evaluated changes nothing that is trained or sampled before", async () => {
  const [with3, with2] = [await plan(several), await plan(several.slice(0, 2))];
  const keysOf = ({ nodes }: typeof with3) => new Set(nodes.map(keyOfNode));
  const added = with3.nodes.filter((node) => !keysOf(with2).has(keyOfNode(node)));
  expect(new Set(added.map((node) => node.task))).toEqual(new Set(["far"]));
  expect(added.map(({ stage }) => stage)).not.toContain("vft");
});

test("weights and temperature are part of what is trained, and of nothing with one task", async () => {
  const vft = async (tasks: readonly string[], ...set: string[]) =>
    keyOfNode((await plan(tasks, ...set)).seeds[0]!.vft);
  const two = several.slice(0, 2);
  expect(await vft(two, "mixture.temperature=2")).not.toBe(await vft(two));
  expect(await vft([several[0]!, task("more", ", weight: 3, seed: 2")])).not.toBe(await vft(two));
  expect(await vft(several.slice(0, 1), "mixture.temperature=2")).toBe(await vft(several.slice(0, 1)));
});

test("the order of the tasks changes no work", async () => {
  const [one, other] = [await plan(several), await plan(several.toReversed())];
  expect(new Set(one.nodes.map(keyOfNode))).toEqual(new Set(other.nodes.map(keyOfNode)));
});

test("a prompt of another form, or another text that ends a response, is other work from there on", async () => {
  const keyed = async (prompt: string) => {
    const { nodes } = await plan([task("sums", `, prompt: ${prompt}`)]);
    return new Map(
      nodes.map((node) => [
        `${labelOf(node)} ${(node.settings as { split?: string }).split}`,
        keyOfNode(node),
      ]),
    );
  };
  const [plain, alpaca, stopped] = [
    await keyed("plain"),
    await keyed("alpaca"),
    await keyed('{stop: ["Q:"]}'),
  ];
  const changed = (other: typeof plain) =>
    [...plain.keys()].filter((label) => plain.get(label) !== other.get(label));
  expect(changed(alpaca)).toHaveLength(plain.size);
  expect(changed(stopped)).toContain("sample seed 1 train");
  expect(changed(stopped)).not.toContain("vft seed 1 undefined");
});

test("a task that is only evaluated makes no training questions, but for examples in front of its prompts", async () => {
  const countsOf = async (...tasks: string[]) => {
    const { nodes } = await plan([task("sums"), ...tasks]);
    const { experiment } = await loadExperiment("experiments/miniature.yaml");
    const found: Record<string, unknown> = {};
    for (const node of nodes.filter(({ stage }) => stage === "questions")) {
      const directory = await mkdtemp(join(tmpdir(), "aft-plan-"));
      const counts = await node.run({ experiment, directory } as unknown as StageContext, {});
      const { train, test: tested } = counts as Record<"train" | "test", number>;
      found[labelOf(node)] = [train, tested];
    }
    return found;
  };
  expect(await countsOf(task("far", ", use: evaluate"))).toEqual({
    "questions sums": [20, 8],
    "questions far": [0, 8],
  });
  // Two of the twenty are the examples.
  expect(await countsOf(task("far", ", use: evaluate, prompt: {fewShot: 2}"))).toEqual({
    "questions sums": [20, 8],
    "questions far": [18, 8],
  });
  const none = "{task: arithmetic, name: far, train: 0, test: 8, use: evaluate}";
  expect(await countsOf(none)).toMatchObject({ "questions far": [0, 8] });
  await expect(plan(["{task: arithmetic, train: 0, test: 8}"])).rejects.toThrow(
    "tasks.0.train: a task that is trained on needs training questions\n  found: 0\n  expected: 1 or more, or use: evaluate",
  );
});

test("the rows of every task are read before anything is made of them, those of one that is only evaluated too", async () => {
  const { nodes } = await plan(several);
  expect(nodes.slice(0, 3).map(labelOf)).toEqual(["questions sums", "questions more", "questions far"]);
  expect(nodes.slice(3).filter(({ stage }) => stage === "questions")).toEqual([]);
});
