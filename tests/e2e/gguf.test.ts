import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { ensureGguf } from "../../ts/bridge/index.ts";
import { aft, artefactOf, temporaryFolder } from "./aft.ts";
import { dryRun, setting, wholeRun } from "./whole-runs.ts";

const experiment = "tests/e2e/tiny.yaml";
let file: string;
let options: string[];

beforeAll(async () => {
  file = join(await temporaryFolder(), "tiny.gguf");
  await execa(await ensureGguf(), ["tests/py/tiny_gguf.py", file]);
  options = setting(`model=${file}`, "seeds=[1,2]", "tasks.0.prompt=chat", "name=gguf");
});

test("a GGUF file is made a model once for all seeds, and its chat template makes the prompts", async () => {
  const { runs, done } = await wholeRun(experiment, ...options);
  expect(done.stderr).toContain(`${file} holds\n  F32: 19 tensors`);
  expect(done.exitCode).toBe(0);
  const made = await artefactOf(runs, "convert", () => true);
  const { facts, settings } = JSON.parse(await readFile(join(made, "manifest.json"), "utf8"));
  expect(facts).toMatchObject({ architecture: "llama", parameters: 78_592 });
  expect(settings).toEqual({ gguf: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const report = await readFile(join(runs, "gguf", "report.md"), "utf8");
  expect(report).toContain(`a llama of 78,592 parameters out of the GGUF file with SHA-256 ${settings.gguf}`);
  expect(report).toContain("&lt;assistant&gt;");

  const again = await aft(["run", experiment, "--runs", runs, "--json", ...options]);
  expect(JSON.parse(again.stdout)).toMatchObject({ made: 0 });
});

test("what the run will do, and what it will take, is told beforehand", async () => {
  const dry = await dryRun(experiment, join(await temporaryFolder(), "runs"), "--estimate", ...options);
  expect(dry.stdout).toMatch(/ convert .*\n/);
  expect(dry.stdout).not.toContain("convert seed");
  expect(dry.stdout).toContain(`estimate for ${file}: 78.6 k parameters in float32`);
  expect(dry.exitCode).toBe(0);
});

test("a model that `aft model get` has not made is missed before any work, with the command", async () => {
  const empty = await temporaryFolder();
  const missing = await aft(
    ["run", experiment, "--runs", join(empty, "runs"), ...setting("model=smollm2-135m")],
    { env: { AFT_MODELS: empty } },
  );
  expect(missing).toMatchObject({ exitCode: 2, stdout: "" });
  expect(missing.stderr).toContain(`${join(empty, "smollm2-135m")}: the model smollm2-135m is not here`);
  expect(missing.stderr).toContain("fix: aft model get smollm2-135m makes it");
});
