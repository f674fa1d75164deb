import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SearchPoint } from "../../../../ts/analysis/index.ts";
import type { PlanNode, StageContext } from "../../../../ts/experiment/stages/node.ts";
import { best, search, searchSchema } from "../../../../ts/experiment/stages/search.ts";
import { placeTree } from "../../../../ts/experiment/store/place-tree.ts";
import type { Artefact } from "../../../../ts/experiment/store/store.ts";

const point = (beta: number, correct: number, questions = 10): SearchPoint => ({
  beta,
  accuracy: correct / questions,
  correct,
  questions,
  interval: null,
  assessmentMicro: 0.5,
  perplexityPositive: 1.2,
});

test("the value with most right answers is chosen; of equals the smallest, whatever their order", () => {
  expect(best([point(0.1, 3), point(0.2, 5), point(0.4, 4)]).beta).toBe(0.2);
  expect(best([point(0.4, 5), point(0.1, 3), point(0.2, 5)]).beta).toBe(0.2);
});

test("without validation questions there is nothing to choose by", () => {
  expect(() => best([point(0.1, 0, 0)])).toThrow("a search has no validation questions to choose by");
});

const newFolder = () => mkdtemp(join(tmpdir(), "aft-search-"));
const node = (stage: "align" | "evaluate") => ({ stage, settings: {}, inputs: {} }) as unknown as PlanNode;
const artefact = (directory: string, facts: Record<string, unknown>) =>
  ({ directory, manifest: { facts } }) as unknown as Artefact;

async function trained(beta: number): Promise<Artefact> {
  const folder = await newFolder();
  await mkdir(join(folder, "checkpoint", "deep"), { recursive: true });
  await writeFile(join(folder, "checkpoint", "model.safetensors"), `weights of ${beta}`);
  await writeFile(join(folder, "checkpoint", "deep", "config.json"), "{}");
  await writeFile(join(folder, "metrics.jsonl"), `{"step":1,"of":${beta}}\n`);
  return artefact(folder, { digest: `digest of ${beta}`, tokens: 100, steps: 1 });
}

async function evaluated(correct: number): Promise<Artefact> {
  const folder = await newFolder();
  const predictions = [0, 1, 2, 3].map((at) => ({
    questionId: `q${at}`,
    question: "?",
    prompt: "?",
    text: "#### 1",
    extracted: "1",
    answer: "1",
    correct: at < correct,
  }));
  const candidates = [
    { text: "a", extracted: "1", correct: true, score: -Math.log(2) },
    { text: "b", extracted: "2", correct: false, score: -1 },
  ];
  const groups = [0, 1, 2, 3, 4, 5].map((at) => ({
    ...{ id: `q${at}`, task: "arithmetic", prompt: "?", answer: "1" },
    // The last question's right COT is scored below its wrong one.
    candidates: at < 5 ? candidates : candidates.map((one) => ({ ...one, score: -1 - one.score! })),
  }));
  const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  await writeFile(join(folder, "predictions.jsonl"), lines(predictions));
  await writeFile(join(folder, "heldout.jsonl"), lines(groups));
  return artefact(folder, {});
}

test("a search keeps the chosen one's weights and metrics, and a record of every value", async () => {
  const points = [0.4, 0.1, 0.2].map((beta) => ({
    beta,
    align: node("align"),
    evaluate: [{ task: "arithmetic", node: node("evaluate") }],
  }));
  const searched = search.node({ parameter: "beta", points, seed: 1 });
  const inputs = {
    "align 0.1": await trained(0.1),
    "evaluate 0.1": await evaluated(1),
    "align 0.2": await trained(0.2),
    "evaluate 0.2": await evaluated(3),
    "align 0.4": await trained(0.4),
    "evaluate 0.4": await evaluated(3),
  };
  expect(Object.keys(searched.inputs).sort()).toEqual(Object.keys(inputs).sort());
  const directory = await newFolder();
  // What a run that was cut off may have left.
  await mkdir(join(directory, "checkpoint"));
  await writeFile(join(directory, "checkpoint", "model.safetensors"), "torn");
  await writeFile(join(directory, "checkpoint", "stale"), "");
  const facts = await searched.run({ directory } as StageContext, inputs);
  expect(facts).toEqual({ digest: "digest of 0.2", steps: 1, boundary: { beta: 0.2, rule: "search" } });
  const read = (name: string) => readFile(join(directory, name), "utf8");
  expect(await read("checkpoint/model.safetensors")).toBe("weights of 0.2");
  expect((await readdir(join(directory, "checkpoint"))).sort()).toEqual(["deep", "model.safetensors"]);
  expect(await read("metrics.jsonl")).toBe('{"step":1,"of":0.2}\n');
  const record = searchSchema.parse(JSON.parse(await read("search.json")));
  expect(record).toMatchObject({ parameter: "beta", chosen: 0.2, split: "validation" });
  expect(record.points.map(({ beta, correct }) => [beta, correct])).toEqual([
    [0.1, 1],
    [0.2, 3],
    [0.4, 3],
  ]);
  const { pairs, rightCots, assessmentInterval, perplexityInterval, ...chosen } = record.points[1]!;
  expect(chosen).toMatchObject({ accuracy: 0.75, questions: 4, assessmentMicro: 5 / 6 });
  // Five of exp(ln 2), one of exp(1 - ln 2).
  expect(chosen.perplexityPositive).toBeCloseTo((5 * 2 + Math.E / 2) / 6, 9);
  expect([pairs, rightCots]).toEqual([6, 6]);
  // Of six questions drawn with replacement 3, seldom 2, are the last one at most.
  expect(assessmentInterval!.low).toBeCloseTo(0.5, 1);
  expect(assessmentInterval!.high).toBe(1);
  expect(perplexityInterval!.high).toBeCloseTo(2, 9);
  expect(perplexityInterval!.low).toBeLessThan(chosen.perplexityPositive!);
  expect(record.points[0]).toMatchObject({ assessmentInterval, perplexityInterval });
});

test("a search that was made before its numbers had intervals is still read", () => {
  const older = { parameter: "beta", chosen: 0.1, split: "validation", points: [point(0.1, 3)] };
  expect(searchSchema.parse(older)).toEqual(older);
});

test("weights are linked, and copied where a file system cannot link", async () => {
  const { directory } = await trained(0.1);
  const from = join(directory, "checkpoint");
  const folder = await newFolder();
  await placeTree(from, join(folder, "linked"));
  const file = (name: string) => join(folder, name, "model.safetensors");
  const inode = async (path: string) => (await stat(path)).ino;
  expect(await inode(file("linked"))).toBe(await inode(join(from, "model.safetensors")));
  await placeTree(from, join(folder, "copied"), async () => {
    throw Object.assign(new Error("cross-device link"), { code: "EXDEV" });
  });
  expect(await readFile(file("copied"), "utf8")).toBe("weights of 0.1");
  expect(await readFile(join(folder, "copied", "deep", "config.json"), "utf8")).toBe("{}");
  expect(await inode(file("copied"))).not.toBe(await inode(join(from, "model.safetensors")));
});
