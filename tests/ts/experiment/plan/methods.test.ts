import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { keyOfNode, labelOf, type PlanNode } from "../../../../ts/experiment/stages/node.ts";

const without =
  "methods={vft-kept: null, vft-continued: null, rft: null, aft-none: null, aft-dc: null, aft-bc: null}";
const plan = async (methods: Record<string, string>, ...set: string[]) => {
  const given = Object.entries(methods).map(([name, method]) => `methods.${name}=${method}`);
  return planOf(
    (await loadExperiment("experiments/miniature.yaml", { set: [without, ...given, ...set] })).experiment,
  );
};
const boundary = (beta: string) => `{method: aft, constraint: boundary, beta: ${beta}}`;
const ofStage = (nodes: readonly PlanNode[], stage: string) => nodes.filter((node) => node.stage === stage);
const armOf = ({ seeds }: Awaited<ReturnType<typeof plan>>, name: string) =>
  seeds[0]!.arms.find(({ method }) => method === name)!;

test("all methods that need the starting weights' scores share one scoring", async () => {
  const shared = await plan({
    auto: boundary("auto"),
    fixed: boundary("0.2"),
    dpo: "{method: dpo, constraint: none}",
    "dpo-bc": "{method: dpo, constraint: boundary, boundaryBeta: auto, pairs: one}",
    rrhf: "{method: rrhf, constraint: boundary, beta: auto}",
  });
  const [score, ...others] = ofStage(shared.nodes, "score");
  expect(others).toEqual([]);
  const groupsOf = (name: string) => keyOfNode(armOf(shared, name).align!.inputs.groups!);
  for (const name of ["auto", "dpo", "dpo-bc", "rrhf"]) expect(groupsOf(name)).toBe(keyOfNode(score!));
  expect(groupsOf("fixed")).toBe(keyOfNode(shared.seeds[0]!.trainGroups[0]!.node));
});

test("scores are under the weights that the method starts from, and another seed's are others", async () => {
  const two = await plan(
    { dpo: "{method: dpo, constraint: none}", "dpo-base": "{method: dpo, constraint: none, start: base}" },
    "seeds=[1,2]",
  );
  const scores = ofStage(two.nodes, "score");
  expect(scores.map(({ seed, inputs }) => [seed, Object.keys(inputs).sort()])).toEqual([
    [1, ["checkpoint", "groups"]],
    [1, ["base", "groups"]],
    [2, ["checkpoint", "groups"]],
    [2, ["base", "groups"]],
  ]);
});

test("a search trains and validates each value; its weights are what is tested", async () => {
  const searched = await plan({ bc: boundary("{search: [0.4, 0.1], questions: 8}") });
  const { align, evaluate } = armOf(searched, "bc");
  expect(align!.stage).toBe("search");
  expect(keyOfNode(evaluate[0]!.node.inputs.checkpoint!)).toBe(keyOfNode(align!));
  expect(Object.keys(align!.inputs)).toEqual(["align 0.1", "evaluate 0.1", "align 0.4", "evaluate 0.4"]);
  expect(align!.inputs["evaluate 0.1"]!.settings).toMatchObject({
    split: "validation",
    questions: 8,
    greedy: true,
    sampled: false,
  });
  expect(align!.inputs["evaluate 0.1"]!.settings).not.toHaveProperty("k");
  expect(searched.nodes.map(labelOf)).toEqual(
    expect.arrayContaining([
      "align bc beta 0.1 seed 1",
      "evaluate bc beta 0.1 seed 1",
      "align bc beta 0.4 seed 1",
      "search bc seed 1",
      "evaluate bc seed 1",
    ]),
  );
});

test("the order of a search's values changes nothing, and a value given alone is the same training", async () => {
  const searched = await plan({ bc: boundary("{search: [0.4, 0.1]}") });
  const search = armOf(searched, "bc").align!;
  const turned = await plan({ bc: boundary("{search: [0.1, 0.4]}") });
  expect(keyOfNode(armOf(turned, "bc").align!)).toBe(keyOfNode(search));
  const alone = await plan({ bc: boundary("0.1") });
  expect(keyOfNode(armOf(alone, "bc").align!)).toBe(keyOfNode(search.inputs["align 0.1"]!));
  const both = await plan({ bc: boundary("{search: [0.4, 0.1]}"), fixed: boundary("0.1") });
  expect(ofStage(both.nodes, "align")).toHaveLength(2);
});

test("DPO's search is over the boundary's distance, not over its own beta", async () => {
  const searched = await plan({
    dpo: "{method: dpo, constraint: boundary, beta: 0.3, boundaryBeta: {search: [0.1, 0.2]}}",
  });
  const search = armOf(searched, "dpo").align!;
  expect(search.settings).toMatchObject({ parameter: "boundaryBeta", values: [0.1, 0.2] });
  expect(search.inputs["align 0.2"]!.settings).toMatchObject({ beta: 0.3, boundaryBeta: 0.2 });
});

test("watching is part of a training's work only when there are looks", async () => {
  const methods = { bc: boundary("0.1") };
  const trained = async (...set: string[]) => armOf(await plan(methods, ...set), "bc").align!;
  const unwatched = await trained();
  expect(keyOfNode(await trained("stages.watch.questions=7"))).toBe(keyOfNode(unwatched));
  const watched = await trained("stages.watch.every=2", "stages.watch.questions=7");
  expect(keyOfNode(watched)).not.toBe(keyOfNode(unwatched));
  expect(watched.settings).toMatchObject({ watch: { every: 2, questions: 7 } });
  expect(watched.inputs.watch!.settings).toMatchObject({ split: "validation", questions: 7 });
  expect(watched.inputs.questions!.stage).toBe("questions");
});

test("ranked feedback is another judging of the training questions alone", async () => {
  const methods = { rrhf: "{method: rrhf, constraint: none}" };
  const [binary, ranked] = [await plan(methods), await plan(methods, "stages.judge.feedback=ranked")];
  const heldOut = (one: typeof binary) => keyOfNode(armOf(one, "rrhf").evaluate[0]!.node.inputs.heldOut!);
  expect(ranked.seeds[0]!.trainGroups[0]!.node.settings).toMatchObject({ feedback: "ranked" });
  expect(binary.seeds[0]!.trainGroups[0]!.node.settings).not.toHaveProperty("feedback");
  expect(heldOut(ranked)).toBe(heldOut(binary));
  expect(keyOfNode(armOf(ranked, "rrhf").align!)).not.toBe(keyOfNode(armOf(binary, "rrhf").align!));
});

test("groups of the user's own take the place of sampling, and are known by their content", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "aft-own-")), "groups.jsonl");
  const methods = { rrhf: "{method: rrhf, constraint: none}" };
  const own = async (content: string) => {
    await writeFile(file, content);
    return plan(methods, `stages.judge.groupsFile=${file}`, "seeds=[1,2]");
  };
  const first = await own("{}\n");
  const [one, two] = first.seeds;
  expect(keyOfNode(one!.trainGroups[0]!.node)).toBe(keyOfNode(two!.trainGroups[0]!.node));
  const splits = ofStage(first.nodes, "sample").map(({ settings }) => (settings as { split: string }).split);
  expect(splits).toEqual(["test", "test"]);
  const second = await own("{}\n{}\n");
  expect(keyOfNode(second.seeds[0]!.trainGroups[0]!.node)).not.toBe(keyOfNode(one!.trainGroups[0]!.node));
});
