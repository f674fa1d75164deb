import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { keyOfNode, labelOf, type PlanNode } from "../../../../ts/experiment/stages/node.ts";

const dpo = "methods.dpo={method: dpo, constraint: none}";
const plan = async (...set: string[]) =>
  planOf((await loadExperiment("experiments/miniature.yaml", { set: [dpo, ...set] })).experiment);

const keysOf = ({ nodes }: { nodes: readonly PlanNode[] }): Set<string> => new Set(nodes.map(keyOfNode));

async function armOf(method: string, ...set: string[]) {
  const { seeds } = await plan(...set);
  return { ...seeds[0]!.arms.find((arm) => arm.method === method)!, vft: seeds[0]!.vft };
}

const settings = (node: PlanNode) => node.settings as { seed?: number; skip?: number; questions?: number };

test("one round is the run without rounds, piece by piece", async () => {
  const without = await plan();
  const one = await plan("rounds={count: 1, start: vft, reference: vft, questions: same}");
  expect(one.nodes.map(keyOfNode)).toEqual(without.nodes.map(keyOfNode));
  expect(one.nodes.map(labelOf)).toEqual(without.nodes.map(labelOf));
});

test("more rounds go on from the pieces of fewer", async () => {
  const [one, two, three] = await Promise.all(
    [plan(), plan("rounds=2"), plan("rounds=3")].map((p) => p.then(keysOf)),
  );
  for (const key of one!) expect(two).toContain(key);
  for (const key of two!) expect(three).toContain(key);
});

test("a later round samples from the weights before it, judges, and trains these weights", async () => {
  const { rounds, align, evaluate, vft } = await armOf("aft-dc", "rounds=3");
  expect(rounds).toHaveLength(3);
  expect(align).toBe(rounds[2]!.align);
  expect(evaluate).toBe(rounds[2]!.evaluate);
  const judge = rounds[1]!.groups[0]!.node;
  const sample = judge.inputs.candidates!;
  expect(sample.stage).toBe("sample");
  expect(sample.inputs.checkpoint).toBe(rounds[0]!.align);
  expect(rounds[1]!.align.inputs).toEqual({ checkpoint: rounds[0]!.align, groups: judge });
  expect(rounds[2]!.align.inputs.checkpoint).toBe(rounds[1]!.align);
  // Every round is measured on the same samples of the VFT model.
  const heldOut = rounds.map((round) => round.evaluate[0]!.node.inputs.heldOut!);
  expect(new Set(heldOut.map(keyOfNode)).size).toBe(1);
  expect(heldOut[0]!.inputs.candidates!.inputs.checkpoint).toBe(vft);
});

test("each round has seeds and questions of its own", async () => {
  const { rounds } = await armOf("aft-dc", "rounds=3", "seeds=[7]");
  const samples = rounds.map(({ groups }) => settings(groups[0]!.node.inputs.candidates!));
  expect(samples.map(({ seed }) => seed)).toEqual([7, 1_000_007, 2_000_007]);
  expect(samples.map(({ skip, questions }) => [skip, questions])).toEqual([
    [undefined, 40],
    [40, 40],
    [80, 40],
  ]);
  const judged = rounds.map(({ groups }) => settings(groups[0]!.node));
  expect(judged.map(({ skip }) => skip)).toEqual([undefined, 40, 80]);
  expect(rounds.map(({ align }) => settings(align).seed)).toEqual([7, 1_000_007, 2_000_007]);
});

test("with the same questions only the weights and the seed differ; so where each round takes all", async () => {
  for (const set of ["rounds={count: 2, questions: same}", "stages.sample.questions=null"]) {
    const { rounds } = await armOf("aft-dc", "rounds=2", set);
    const [first, second] = rounds.map(({ groups }) => settings(groups[0]!.node.inputs.candidates!));
    expect(second).toEqual({ ...first, seed: first!.seed! + 1_000_000 });
  }
});

test("continued VFT takes the references of each round's questions, and samples nothing", async () => {
  const { rounds } = await armOf("vft-continued", "rounds=2");
  const { node } = rounds[1]!.groups[0]!;
  expect(node.stage).toBe("references");
  expect(settings(node)).toEqual({ task: "arithmetic", questions: 40, skip: 40 });
  expect(rounds[1]!.align.inputs).toEqual({ checkpoint: rounds[0]!.align, groups: node });
});

test("start and reference say whose weights a later round trains and is held against", async () => {
  const usual = (await armOf("dpo", "rounds=2")).rounds;
  const score = usual[1]!.align.inputs.groups!;
  expect(score.stage).toBe("score");
  expect(score.inputs.checkpoint).toBe(usual[0]!.align);
  const fixed = await armOf("dpo", "rounds={count: 2, reference: vft}");
  expect(fixed.rounds[1]!.align.inputs.groups!.inputs.checkpoint).toBe(fixed.vft);
  expect(fixed.rounds[1]!.align.inputs.checkpoint).toBe(fixed.rounds[0]!.align);
  const anew = await armOf("dpo", "rounds={count: 2, start: vft}");
  expect(anew.rounds[1]!.align.inputs.checkpoint).toBe(anew.vft);
  expect(anew.rounds[1]!.groups[0]!.node.inputs.candidates!.inputs.checkpoint).toBe(anew.rounds[0]!.align);
});

test("a method that starts from the base model starts there anew with start: vft", async () => {
  const base = "methods.rft.start=base";
  const anew = await armOf("rft", base, "rounds={count: 2, start: vft}");
  expect(anew.rounds[1]!.align.inputs.base!.stage).toBe("create");
  const usual = await armOf("rft", base, "rounds=2");
  expect(usual.rounds[1]!.align.inputs.checkpoint).toBe(usual.rounds[0]!.align);
});

test("an automatic boundary goes by the weights that are trained, whoever the reference is", async () => {
  const auto = "methods.aft-bc.beta=auto";
  const { rounds } = await armOf("aft-bc", auto, "rounds={count: 2, reference: vft}");
  expect(rounds[1]!.align.inputs.groups!.inputs.checkpoint).toBe(rounds[0]!.align);
});

test("beta is searched in each round, from the weights that the last search chose", async () => {
  const { rounds } = await armOf("aft-bc", "methods.aft-bc.beta={search: [0.1, 0.2]}", "rounds=2");
  expect(rounds.map(({ align }) => align.stage)).toEqual(["search", "search"]);
  expect(rounds[1]!.align.inputs["align 0.2"]!.inputs.checkpoint).toBe(rounds[0]!.align);
});

test("every piece of work of later rounds has a label of its own", async () => {
  const search = "methods.aft-bc.beta={search: [0.1, 0.2]}";
  const { nodes } = await plan("rounds=3", "seeds=[1, 2]", search);
  const labels = nodes.map(labelOf);
  expect(labels).toContain("sample aft-dc round 2 seed 1");
  expect(labels).toContain("align aft-bc round 3 beta 0.2 seed 2");
  expect(new Set(labels).size).toBe(labels.length);
});

test("the model as it was has no rounds", async () => {
  const { rounds, align } = await armOf("vft-kept", "rounds=2");
  expect(rounds).toEqual([]);
  expect(align).toBeUndefined();
});
