import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { silent } from "../../../../ts/core/progress.ts";
import type { PlanNode, StageContext } from "../../../../ts/experiment/stages/node.ts";
import { score } from "../../../../ts/experiment/stages/score.ts";
import type { Artefact } from "../../../../ts/experiment/store/store.ts";

const groups = { stage: "judge", settings: {}, inputs: {} } as unknown as PlanNode;
const start = { source: "weights", key: { base: { folder: "digest" }, dtype: "float32" } };
const node = score.node({ start, groups });

/** A worker whose every response has as many tokens as characters, at -0.5 nats each. */
function fakeWorker() {
  const asked: string[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: it stands for every method at once.
  const request = async (method: string, params: any) => {
    if (method === "model/load") return { model: "m", digest: `digest of ${params.source}` };
    if (method !== "score") return {};
    asked.push(...params.groups.map(({ id }: { id: string }) => id));
    const scoresOf = ({ responses }: { responses: { text: string }[] }) =>
      responses.map(({ text }) => ({ logprob: -text.length / 2, tokens: text.length }));
    return { tokens: 1, groups: params.groups.map((group: never) => ({ scores: scoresOf(group) })) };
  };
  return { asked, request };
}

const candidate = { text: "#### 9", extracted: "9", correct: false };
const rows = [0, 1, 2].map((at) => ({
  id: `q${at}`,
  task: "arithmetic",
  prompt: "?",
  answer: "7",
  ...(at === 1 ? {} : { reference: "7\n#### 7" }),
  candidates: at === 2 ? [] : [candidate],
  column: "the user's own",
}));

async function work(left?: string) {
  const [input, directory] = [
    await mkdtemp(join(tmpdir(), "aft-score-")),
    await mkdtemp(join(tmpdir(), "aft-score-")),
  ];
  await writeFile(join(input, "groups.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  if (left !== undefined) await writeFile(join(directory, "groups.jsonl"), left);
  const worker = fakeWorker();
  const context = {
    experiment: { model: {}, worker: { device: "cpu", maxTokensPerBatch: 64 } },
    directory,
    worker: async () => worker,
    progress: silent,
    signal: new AbortController().signal,
  } as unknown as StageContext;
  const facts = await node.run(context, { groups: { directory: input } as Artefact });
  return { facts, asked: worker.asked, file: await readFile(join(directory, "groups.jsonl"), "utf8") };
}

test("candidates and references are scored in one go, and nothing else of a group changes", async () => {
  const { facts, file } = await work();
  const scored = file
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const own = { ...candidate, score: -0.5, logprob: -3, tokens: 6 };
  expect(scored).toEqual([
    { ...rows[0], candidates: [own], referenceLogprob: -4, referenceTokens: 8 },
    { ...rows[1], candidates: [own] },
    { ...rows[2], candidates: [], referenceLogprob: -4, referenceTokens: 8 },
  ]);
  expect(facts).toEqual({ questions: 3, tokens: 6 + 8 + 6 + 8, weights: "digest of weights" });
});

test("after a crash only the groups that are missing are scored, to the same file and the same facts", async () => {
  const whole = await work();
  const [first, second] = whole.file.split("\n");
  const resumed = await work(`${first}\n${second!.slice(0, 20)}`);
  expect(resumed.asked).toEqual(["q1", "q2"]);
  expect(resumed.file).toBe(whole.file);
  expect(resumed.facts).toEqual(whole.facts);
});
