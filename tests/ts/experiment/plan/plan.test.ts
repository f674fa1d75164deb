import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { keyOfNode, labelOf } from "../../../../ts/experiment/stages/node.ts";

const plan = async (...set: string[]) =>
  planOf((await loadExperiment("experiments/miniature.yaml", { set })).experiment);

/** Key of every piece of work, by its label (and its split, where it has one). */
async function keys(...set: string[]): Promise<Record<string, string>> {
  const { nodes } = await plan(...set);
  return Object.fromEntries(
    nodes.map((node) => {
      const { split = "" } = node.settings as { split?: string };
      return [`${labelOf(node)} ${split}`.trim(), keyOfNode(node)];
    }),
  );
}
const changed = async (...set: string[]): Promise<string[]> => {
  const [before, after] = [await keys(), await keys(...set)];
  return Object.keys(before).filter((label) => before[label] !== after[label]);
};

test("each node comes after its inputs, and once", async () => {
  const { nodes } = await plan("seeds=[1,2]");
  const seen = new Set<string>();
  for (const node of nodes) {
    for (const input of Object.values(node.inputs)) expect(seen).toContain(keyOfNode(input));
    expect(seen).not.toContain(keyOfNode(node));
    seen.add(keyOfNode(node));
  }
});

test("questions are shared by all seeds, and methods that do the same work share it", async () => {
  const two = await plan("seeds=[1,2]", "methods.twin={method: rft}");
  const count = (stage: string) => two.nodes.filter((node) => node.stage === stage).length;
  expect(count("questions")).toBe(1);
  expect(count("vft")).toBe(2);
  const { arms } = two.seeds[0]!;
  const arm = (name: string) => arms.find(({ method }) => method === name)!;
  expect(keyOfNode(arm("twin").align!)).toBe(keyOfNode(arm("rft").align!));
  expect(keyOfNode(arm("twin").evaluate[0]!.node)).toBe(keyOfNode(arm("rft").evaluate[0]!.node));
});

test("what bears on no result changes no key", async () => {
  expect(
    await changed(
      "stages.vft.saveEvery=7",
      "stages.align.saveEvery=3",
      "worker.threads=1",
      "worker.device=cpu",
      "worker.maxTokensPerBatch=512",
      "worker.sampler=transformers",
      "worker.samplesAtOnce=3",
      "worker.vllm.tensorParallel=2",
      "methods.aft-bc.label=Boundary",
      "name=other",
      "description=other",
      "report.examples=1",
    ),
  ).toEqual([]);
});

test("beta changes the one method that has it", async () => {
  expect(await changed("methods.aft-bc.beta=0.33")).toEqual([
    "align aft-bc seed 1",
    "evaluate aft-bc seed 1 test",
  ]);
});

test("k of the training samples changes the samples and what is trained on them, not VFT", async () => {
  const labels = await changed("stages.sample.k=5");
  expect(labels).toContain("sample seed 1 train");
  expect(labels).toContain("align rft seed 1");
  expect(labels).not.toContain("vft seed 1");
  expect(labels).not.toContain("sample test seed 1 test");
  expect(labels).not.toContain("evaluate vft-kept seed 1 test");
});

test("another sampler draws other samples and answers; what was trained before it is as it was", async () => {
  const labels = await changed("worker.vllmPython=python3");
  expect(labels).toContain("sample seed 1 train");
  expect(labels).toContain("sample test seed 1 test");
  expect(labels).toContain("evaluate vft-kept seed 1 test");
  expect(labels).not.toContain("vft seed 1");
  const vllm = await keys("worker.vllmPython=python3");
  // How vLLM holds the model, and which Python it has, is no part of it.
  expect(await keys("worker.vllmPython=python3.12", "worker.vllm.dataParallel=2")).toEqual(vllm);
});

test("the rule of extraction changes the judging, not the samples", async () => {
  const labels = await changed("stages.judge.extract=flexible");
  expect(labels).toContain("judge seed 1 train");
  expect(labels).not.toContain("sample seed 1 train");
});

test("every piece of work has a label of its own, so that a plan and an estimate can be read", async () => {
  const { nodes } = await plan("stages.watch.every=2", "seeds=[1,2]");
  const labels = nodes.map(labelOf);
  expect(labels).toContain("sample test seed 2");
  expect(labels).toContain("judge validation seed 1");
  expect(new Set(labels).size).toBe(labels.length);
});

test("prompt template and answer pattern stand in the keys", async () => {
  const { nodes } = await plan();
  const settingsOf = (stage: string) => nodes.find((node) => node.stage === stage)!.settings;
  expect(settingsOf("questions")).toMatchObject({ prompt: { form: "QUESTION\n" } });
  expect(settingsOf("judge")).toMatchObject({ pattern: expect.stringContaining("####") });
  expect(settingsOf("evaluate")).toMatchObject({ pattern: expect.stringContaining("####") });
});

test("a model's folder is known by its content", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-plan-"));
  await writeFile(join(folder, "config.json"), "{}");
  await writeFile(join(folder, "model.safetensors"), "weights");
  const set = `model={path: ${folder}, create: null}`;
  const vft = async () => (await keys(set))["vft seed 1"];
  const before = await vft();
  expect(await vft()).toBe(before);
  await writeFile(join(folder, "model.safetensors"), "weight5");
  expect(await vft()).not.toBe(before);
});
