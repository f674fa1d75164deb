import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { silent } from "../../../../ts/core/progress.ts";
import type { Group } from "../../../../ts/core/records.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { groupsFile } from "../../../../ts/experiment/stages/judge.ts";
import type { PlanNode } from "../../../../ts/experiment/stages/node.ts";
import { partOf, splitFiles } from "../../../../ts/experiment/stages/questions.ts";
import type { Artefact } from "../../../../ts/experiment/store/store.ts";
import { folderOf } from "../../data/files.ts";

test("a part of the questions: so many after those before, from the first again after the last, none twice", () => {
  const rows = ["a", "b", "c", "d", "e"];
  expect(partOf(rows)).toEqual(rows);
  expect(partOf(rows, 2)).toEqual(["a", "b"]);
  expect(partOf(rows, 2, 2)).toEqual(["c", "d"]);
  expect(partOf(rows, 2, 4)).toEqual(["e", "a"]);
  expect(partOf(rows, 2, 11)).toEqual(["b", "c"]);
  expect(partOf(rows, 9, 3)).toEqual(["d", "e", "a", "b", "c"]);
  expect(partOf([], 2, 4)).toEqual([]);
});

/** What these nodes make, one after the other, of a plan without a model. */
async function make(nodes: readonly PlanNode[], set: string[]): Promise<Group[][]> {
  const { experiment } = await loadExperiment("experiments/miniature.yaml", { set });
  const folder = folderOf({});
  const made = async (node: PlanNode, name: string, inputs: Record<string, Artefact>): Promise<Artefact> => {
    const directory = join(folder, name);
    mkdirSync(directory);
    const worker = () => Promise.reject(new Error("no model is needed"));
    const { signal } = new AbortController();
    await node.run({ experiment, directory, label: name, progress: silent, signal, worker }, inputs);
    return { directory } as Artefact;
  };
  const questions = await made(nodes[0]!.inputs.questions!, "questions", {});
  expect(await splitFiles.train.read(questions)).toHaveLength(100);
  const groups: Group[][] = [];
  for (const [at, node] of nodes.entries())
    groups.push(await groupsFile.read(await made(node, `round-${at + 2}`, { questions })));
  return groups;
}

test("the references of later rounds: each round its own questions, without samples, until they begin again", async () => {
  const set = ["rounds=3", "tasks.0.train=100", "stages.sample.questions=40"];
  const { experiment } = await loadExperiment("experiments/miniature.yaml", { set });
  const { nodes } = await planOf(experiment);
  const [second, third, ...more] = await make(
    nodes.filter(({ stage }) => stage === "references"),
    set,
  );
  expect(more).toEqual([]);
  const numbers = (groups: readonly Group[]) => groups.map(({ id }) => Number(/\d+$/.exec(id)![0]));
  const first = numbers(second!)[0]! - 40;
  expect(numbers(second!)).toEqual(Array.from({ length: 40 }, (_, at) => first + 40 + at));
  expect(numbers(third!)).toEqual(Array.from({ length: 40 }, (_, at) => first + ((80 + at) % 100)));
  for (const { candidates, reference, prompt, answer } of second!) {
    expect(candidates).toEqual([]);
    expect(prompt.endsWith("\n")).toBe(true);
    expect(reference).toContain(`#### ${answer}`);
  }
});
