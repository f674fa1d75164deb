import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { folderOf, refusalOf } from "../../data/files.ts";

const planned = async (tasks: string) =>
  planOf((await loadExperiment("experiments/miniature.yaml", { set: [`tasks=[${tasks}]`] })).experiment);

test("files that are not there are told all at once, each with where it can be had, and no setting that there is not", async () => {
  const data = folderOf({ "gsm8k/test.jsonl": [] });
  vi.stubEnv("AFT_DATA", data);
  const told = await refusalOf(planned("{task: gsm8k}, {task: ecqa}, {task: mmlu}"), data);
  const places = told.split("\n").filter((line) => line.endsWith(": no such file"));
  expect(places.map((line) => line.replace(": no such file", "").replace(/^[./]*/, ""))).toEqual([
    "gsm8k/train.jsonl",
    ...["ecqa.jsonl", "cqa/train_rand_split.jsonl", "cqa/dev_rand_split.jsonl"].map((name) =>
      join("ecqa", name),
    ),
    ...["train", "val", "test"].map((split) => join("ecqa/author_split", `${split}_ids.txt`)),
    "mmlu/all/test-00000-of-00001.parquet",
  ]);
  expect(told).toContain("fix: aft data get gsm8k; where there is no network, get https://");
  expect(told).toContain("fix: aft data get ecqa; where there is no network, get https://");
  expect(told).not.toContain("a file of your own by ecqa.jsonl");
});

test("two tasks of the same files tell them once", async () => {
  vi.stubEnv("AFT_DATA", folderOf({}));
  const told = await refusalOf(planned("{task: gsm8k, name: a}, {task: gsm8k, name: b, use: evaluate}"));
  expect(told.match(/train\.jsonl: no such file/g)).toHaveLength(1);
});
