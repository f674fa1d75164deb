/**
 * AFT's side: reads rows as AFT's GSM8K task does, and answers them greedily through the sampler that every
 * evaluation of an experiment goes through. `aft judge` then judges what this writes.
 *
 *   tsx aft.ts FOLDER                                        responses from the rows' `response`
 *   tsx aft.ts FOLDER MODEL MAX_NEW_TOKENS DTYPE DEVICE      responses from a model in Hugging Face format
 *
 * Reads FOLDER/rows.jsonl; writes FOLDER/questions.jsonl and FOLDER/candidates.jsonl.
 */
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ensurePython, startWorker } from "../../../ts/bridge/index.ts";
import { AftError } from "../../../ts/core/errors.ts";
import { writeJsonl } from "../../../ts/core/jsonl.ts";
import { silent } from "../../../ts/core/progress.ts";
import type { Question } from "../../../ts/core/records.ts";
import { promptOf, taskOf } from "../../../ts/data/index.ts";
import { sampleInto } from "../../../ts/experiment/worker/sampling.ts";

const [folder = ".", model, maxNewTokens = "256", dtype = "float32", device = "cpu"] = process.argv.slice(2);
const candidatesFile = join(folder, "candidates.jsonl");
const rows = join(folder, "rows.jsonl");
const task = taskOf({ task: "gsm8k", ...{ trainFile: rows, testFile: rows, validation: 0 } });

async function answer(questions: readonly Question[], source: string): Promise<void> {
  const worker = await startWorker({ transport: "stdio", python: await ensurePython() });
  try {
    const loaded = await worker.request("model/load", {
      source: resolve(source),
      dtype: dtype === "bfloat16" ? "bfloat16" : "float32",
      attention: "auto",
      device,
    });
    // What an earlier run left would be gone on with, as if it were this model's.
    await rm(candidatesFile, { force: true });
    await sampleInto(candidatesFile, {
      worker,
      model: loaded.model,
      prompts: questions.map((question) => ({ id: question.id, prompt: promptOf(question, task) })),
      k: 1,
      temperature: 0,
      topP: 1,
      maxNewTokens: Number(maxNewTokens),
      seed: 1,
      label: "AFT, greedy",
      progress: silent,
      signal: new AbortController().signal,
    });
  } finally {
    await worker.close();
  }
}

try {
  const { test } = await task.splits();
  await writeJsonl(join(folder, "questions.jsonl"), test);
  if (model === undefined)
    await writeJsonl(
      candidatesFile,
      test.map(({ id, response }) => ({ questionId: id, index: 0, text: response })),
    );
  else await answer(test, model);
} catch (error) {
  if (!(error instanceof AftError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
