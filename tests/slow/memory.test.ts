/** Files of more than the heap are judged and assessed: memory does not grow with the rows. */
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { aft, temporaryFolder } from "../e2e/aft.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let folder: string;
const at = (name: string): string => join(folder, name);

const questions = 2_000;
/** Too few in all for threads, which have heaps of their own. */
const samples = 4;
/** A column of the user's own, which passes through: all of them are 120 MB in memory. */
const own = "数".repeat(7_500);
/** In MiB. The program alone takes some thirty of them. */
const heap = 96;

beforeAll(async () => {
  folder = await temporaryFolder();
  const ids = Array.from({ length: questions }, (_, number) => `q${number}`);
  function* lines(rows: Iterable<object>): Generator<string> {
    for (const row of rows) yield `${JSON.stringify(row)}\n`;
  }
  function* candidates() {
    for (const [number, questionId] of ids.entries())
      for (let index = 0; index < samples; index++) {
        const text = `1 + 2 = 3\n#### ${(number + index) % 3 === 0 ? 3 : index}`;
        yield { questionId, index, text, logprob: -index - 1, tokens: 9, own };
      }
  }
  const asked = ids.map((id) => ({ id, task: "gsm8k", question: "How many?", answer: "3" }));
  for (const [name, rows] of Object.entries({ questions: asked, candidates: candidates() }))
    await pipeline(Readable.from(lines(rows)), createWriteStream(at(`${name}.jsonl`)));
});
afterAll(() => rm(folder, { recursive: true }));

test("files of more than the heap are judged and assessed", async () => {
  expect((await stat(at("candidates.jsonl"))).size).toBeGreaterThan(1.5 * heap * 2 ** 20);
  const small = { env: { NODE_OPTIONS: `--max-old-space-size=${heap}` } };
  const files = ["--questions", at("questions.jsonl"), "--in", at("candidates.jsonl")];
  const judged = await aft(
    ["judge", "--task", "gsm8k", ...files, "--out", at("groups.jsonl"), "--json"],
    small,
  );
  expect(judged.exitCode, judged.stderr).toBe(0);
  expect(JSON.parse(judged.stdout)).toMatchObject({ questions, candidates: 8_000, correct: 4000 });
  const assessed = await aft(["assess", "--in", at("groups.jsonl"), "--json"], small);
  expect(assessed.exitCode, assessed.stderr).toBe(0);
  expect(JSON.parse(assessed.stdout)).toMatchObject({
    ...{ questions, candidates: 8_000, sampledAccuracy: 4000 / 8_000 },
    majority: { k: 4, questions },
  });
});
