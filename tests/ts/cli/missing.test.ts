import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aft } from "../../e2e/aft.ts";
import { folderOf } from "../data/files.ts";

const experiment = `name: x
model: smollm2-135m
task: gsm8k
stages: {sample: {maxNewTokens: 64}, evaluate: {maxNewTokens: 64}}
methods: {kept: {method: keep}, more: {method: vft}}
`;

test("validate names the commands that fetch what is not here, and finds the file right", async () => {
  const folder = folderOf({ "main.yaml": experiment });
  const env = { AFT_MODELS: join(folder, "models"), AFT_DATA: join(folder, "data") };
  const valid = await aft(["validate", "main.yaml"], { cwd: folder, env });
  expect(valid.exitCode).toBe(0);
  expect(valid.stdout).toContain("main.yaml is valid");
  expect(valid.stdout).toContain(
    `before it can run: ${join(folder, "models/smollm2-135m")}: the model smollm2-135m is not here\n  fix: aft model get smollm2-135m makes it`,
  );
  expect(valid.stdout).toContain(
    `before it can run: ${join(folder, "data/gsm8k/train.jsonl")}: no such file\n  fix: aft data get gsm8k`,
  );
  expect(existsSync(join(folder, "models"))).toBe(false);
});

test("of a sweep once for all its cells, and nothing where nothing is missing", async () => {
  const sweep = `${experiment}sweep: {matrix: {stages.sample.k: [2, 3]}}\n`;
  const folder = folderOf({
    "main.yaml": sweep,
    "here.yaml": experiment.replace("smollm2-135m", "{create: {}}").replace("gsm8k", "arithmetic"),
  });
  const env = { AFT_MODELS: join(folder, "models"), AFT_DATA: join(folder, "data") };
  const { stdout } = await aft(["validate", "main.yaml"], { cwd: folder, env });
  expect(stdout.match(/smollm2-135m is not here/g)).toHaveLength(1);
  const here = await aft(["validate", "here.yaml"], { cwd: folder, env });
  expect(here).toMatchObject({ exitCode: 0 });
  expect(here.stdout).not.toContain("before it can run");
});

test("several machines that know no place to meet are told by validate and by a dry run", async () => {
  const two = experiment.replace("smollm2-135m", "{create: {}}").replace("gsm8k", "arithmetic");
  const folder = folderOf({ "main.yaml": `${two}worker: {nodes: 2, device: cpu}\n` });
  const told =
    "before it can run: worker.nodes is 2, and where the machines meet is not known\n" +
    "  expected: host:port of the machine that aft run is on, which all of them can reach\n" +
    "  fix: worker.rendezvous: HOST:29500, or MASTER_ADDR and MASTER_PORT in the environment";
  const options = { cwd: folder, env: { MASTER_ADDR: undefined, MASTER_PORT: undefined } };
  expect((await aft(["validate", "main.yaml"], options)).stdout).toContain(told);
  const dry = await aft(["run", "main.yaml", "--dry-run"], options);
  expect(dry).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(told) });
});
