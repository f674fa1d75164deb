import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { methodFacts } from "../../../../ts/experiment/run/method-facts.ts";
import type { Artefact } from "../../../../ts/experiment/store/store.ts";

const artefact = async (facts: object, files: Record<string, unknown> = {}): Promise<Artefact> => {
  const directory = await mkdtemp(join(tmpdir(), "aft-trained-"));
  for (const [name, content] of Object.entries(files))
    await writeFile(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
  return { directory, manifest: { facts } } as unknown as Artefact;
};

test("a plain training has nothing to add to its steps", async () => {
  expect(await methodFacts(await artefact({ steps: 3, digest: "d" }))).toEqual({});
});

test("a searched, watched and early stopped training tells all of it", async () => {
  const heldOut = {
    questions: 4,
    assessmentMicro: 0.5,
    perplexityPositive: 1.1,
    perplexityNegative: 1.2,
    perplexityReference: null,
  };
  const stopped = { bestStep: 2, lastStep: 6, reason: "no better accuracy in 2 looks" };
  const point = {
    beta: 0.1,
    accuracy: 0.5,
    correct: 2,
    questions: 4,
    interval: { low: 0.15, high: 0.85 },
    assessmentMicro: null,
    perplexityPositive: 1.1,
  };
  const found = { parameter: "beta", chosen: 0.1, points: [point] };
  const boundary = { beta: 0.1, rule: "search" };
  const facts = await methodFacts(
    await artefact(
      { boundary, stopped },
      { "search.json": { ...found, split: "validation" }, "before.json": { step: 0, heldOut } },
    ),
  );
  expect(facts).toEqual({ boundary, stopped, search: found, before: heldOut });
});

test("a loss that takes other questions than those with a pair tells which", async () => {
  const facts = (taken: number) => ({ steps: 3, questions: 9, pairedQuestions: 4, takenQuestions: taken });
  expect(await methodFacts(await artefact(facts(8)))).toEqual({
    taken: { questions: 9, paired: 4, taken: 8 },
  });
  expect(await methodFacts(await artefact(facts(4)))).toEqual({});
});

test("a damaged file of an artefact is named", async () => {
  await expect(methodFacts(await artefact({}, { "search.json": '{"chosen": ' }))).rejects.toThrow(
    "search.json: the file of an artefact is damaged",
  );
});
