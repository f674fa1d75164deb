import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Experiment } from "../../../../ts/config/index.ts";
import { checkGroups, givenGroupsNode } from "../../../../ts/experiment/stages/groups-file.ts";
import type { StageContext } from "../../../../ts/experiment/stages/node.ts";

const experimentOf = (groupsFile: string | undefined, feedback: "binary" | "ranked") =>
  ({
    tasks: [{ task: "gsm8k", use: "train" }],
    stages: { judge: { feedback, groupsFile } },
  }) as unknown as Experiment;
const cot = (text: string, correct: boolean, rank: number) => ({ text, extracted: "7", correct, rank });
const row = (id: string, candidates: object[]) =>
  JSON.stringify({
    id,
    task: "gsm8k",
    prompt: "?",
    reference: "#### 7",
    answer: "7",
    source: "mine",
    candidates,
  });
const rows = [
  row("q1", [cot("a", true, 1), cot("b", false, 2), cot("b", false, 2)]),
  row("q2", [cot("a", false, 1), cot("b", false, 2)]),
  row("q3", [cot("a", true, 3)]),
];

async function ownNode(feedback: "binary" | "ranked" = "ranked") {
  const folder = await mkdtemp(join(tmpdir(), "aft-own-"));
  const file = join(folder, "own.jsonl");
  await writeFile(file, `${rows.join("\n")}\n`);
  const node = (await givenGroupsNode(experimentOf(file, feedback)))!;
  const out = await mkdtemp(join(tmpdir(), "aft-own-"));
  const work = () => node.run({ directory: out } as StageContext, {});
  return { node, file, work, written: () => readFile(join(out, "groups.jsonl"), "utf8") };
}

test("groups of one's own go into training as they are, columns of one's own too, and are counted", async () => {
  const { work, written } = await ownNode();
  expect(await work()).toEqual({
    questions: 3,
    candidates: 6,
    correct: 2,
    duplicates: 1,
    onlyPositive: 1,
    onlyNegative: 1,
    paired: 1,
    pairedByRank: 2,
  });
  const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));
  expect(parsed((await written()).trim().split("\n"))).toEqual(parsed(rows));
});

test("the key is the content, not the place", async () => {
  const [one, other] = [await ownNode(), await ownNode()];
  expect(one.file).not.toBe(other.file);
  expect(one.node.settings).toEqual(other.node.settings);
  expect((await ownNode("binary")).node.settings).not.toEqual(one.node.settings);
});

test("a file that is changed while a run goes on is not taken for the one that was planned with", async () => {
  const { file, work, written } = await ownNode();
  await writeFile(file, `${rows[0]}\n`);
  await expect(work()).rejects.toThrow(
    `${file}: the groups were changed while the run was going on\n  fix: run the same command again: it takes them as they are now`,
  );
  await expect(written()).rejects.toThrow("ENOENT");
});

test("without a file there is neither a node nor anything to check", async () => {
  for (const feedback of ["binary", "ranked"] as const) {
    expect(await givenGroupsNode(experimentOf(undefined, feedback))).toBeUndefined();
    await expect(checkGroups(experimentOf(undefined, feedback))).resolves.toBeUndefined();
  }
});
