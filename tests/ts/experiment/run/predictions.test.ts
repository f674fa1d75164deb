import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writePredictions } from "../../../../ts/experiment/run/predictions.ts";
import type { RunRecord } from "../../../../ts/experiment/run/run-record.ts";

test("each method and seed has one file, its tasks' lines one after the other as they are, and no old file stays", async () => {
  const runs = await mkdtemp(join(tmpdir(), "aft-predictions-"));
  const run = join(runs, "run");
  const put = async (artefact: string, text?: string) => {
    await mkdir(join(runs, artefact), { recursive: true });
    if (text !== undefined) await writeFile(join(runs, artefact, "predictions.jsonl"), text);
    return { task: "any", artefact: join("..", artefact) };
  };
  const sums = await put("e1", '{"correct":true,"questionId":"sums-1","own":1}\n');
  const far = await put("e2", '{"questionId":"far-1"}\n');
  const notGreedy = await put("e3");
  const arm = (method: string, ...evaluate: object[]) => ({ method, evaluate });
  const record = {
    seeds: [
      { seed: 1, arms: [arm("vft-kept", sums, far), arm("aft-bc", notGreedy)] },
      { seed: 7, arms: [arm("vft-kept", far)] },
    ],
  } as unknown as RunRecord;
  await mkdir(join(run, "predictions"), { recursive: true });
  await writeFile(join(run, "predictions", "gone-seed-1.jsonl"), "{}\n");

  await writePredictions(run, record);
  const folder = join(run, "predictions");
  expect((await readdir(folder)).sort()).toEqual(["vft-kept-seed-1.jsonl", "vft-kept-seed-7.jsonl"]);
  expect(await readFile(join(folder, "vft-kept-seed-1.jsonl"), "utf8")).toBe(
    '{"correct":true,"questionId":"sums-1","own":1}\n{"questionId":"far-1"}\n',
  );
});
