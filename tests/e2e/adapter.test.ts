import { existsSync } from "node:fs";
import { cp, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { ensurePython } from "../../ts/bridge/index.ts";
import { aft, temporaryFolder } from "./aft.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const experiment = "tests/e2e/adapter.yaml";

/** The highest difference of next-token logits between two folders, and between the first and a third. */
const compare = `
import sys, torch
from transformers import AutoModelForCausalLM
from peft import AutoPeftModelForCausalLM
merged, adapter = sys.argv[1:]
ids = torch.arange(3, 12)[None]
with torch.no_grad():
    a = AutoModelForCausalLM.from_pretrained(merged)(input_ids=ids).logits
    b = AutoPeftModelForCausalLM.from_pretrained(adapter)
    c = b(input_ids=ids).logits
    with b.disable_adapter():
        d = b(input_ids=ids).logits
print((a - c).abs().max().item() / a.abs().max().item(), (a - d).abs().max().item() / a.abs().max().item())
`;

describe("an experiment that trains a LoRA adapter", () => {
  let runs: string;
  let run: string;
  const arm = async (method: string) => {
    const record = JSON.parse(await readFile(join(run, "run.json"), "utf8"));
    return record.seeds[0].arms.find((one: { method: string }) => one.method === method);
  };
  const manifestOf = async (method: string) =>
    JSON.parse(await readFile(join(run, (await arm(method)).checkpoint, "manifest.json"), "utf8"));

  beforeAll(async () => {
    runs = await temporaryFolder();
    run = join(runs, "adapter");
    const first = await aft(["run", experiment, "--runs", runs]);
    expect(first.stderr).not.toMatch(/error|traceback/i);
    expect(first.exitCode).toBe(0);
  });

  test("saves adapters alone, each method its own", async () => {
    const digests = new Set<string>();
    for (const method of ["vft-kept", "aft-bc", "aft-from-base"]) {
      const files = await readdir(join(run, (await arm(method)).checkpoint, "checkpoint"));
      expect(files).toContain("adapter_model.safetensors");
      expect(files).not.toContain("model.safetensors");
      const { facts } = await manifestOf(method);
      expect(facts.adapter).toMatchObject({ rank: 4, alpha: 8, dropout: 0.1 });
      digests.add(facts.digest);
    }
    expect(digests.size).toBe(3);
  });

  test("everything is found again when the folder of runs has been moved", async () => {
    const moved = `${runs}-moved`;
    await rename(runs, moved);
    runs = moved;
    run = join(runs, "adapter");
    const again = await aft(["run", experiment, "--runs", runs, "--json"]);
    expect(JSON.parse(again.stdout).made).toBe(0);
    // One evaluation more, which loads the adapter: the base lies beside it.
    const set = ["--set", "stages.evaluate.k=2", "--json"];
    const more = await aft(["run", experiment, "--runs", runs, ...set]);
    expect(more.exitCode).toBe(0);
    expect(JSON.parse(more.stdout).made).toBeGreaterThan(0);
  });

  test("`aft score` takes an adapter's folder, and gives the scores of the run", async () => {
    const { checkpoint, evaluate } = await arm("aft-bc");
    const out = join(await temporaryFolder(), "scored.jsonl");
    const held = join(run, evaluate[0].artefact, "heldout.jsonl");
    const scored = await aft([
      "score",
      "--model",
      join(run, checkpoint, "checkpoint"),
      "--in",
      held,
      "--out",
      out,
    ]);
    expect(scored.exitCode).toBe(0);
    const rows = async (file: string) =>
      (await readFile(file, "utf8"))
        .trim()
        .split("\n")
        .flatMap((line) => JSON.parse(line).candidates.map(({ score }: { score: number }) => score));
    const [found, expected] = [await rows(out), await rows(held)];
    expect(found.length).toBeGreaterThan(4);
    for (const [at, score] of found.entries()) expect(score).toBeCloseTo(expected[at], 4);
  });

  test("export merges into whole weights, or writes the adapter, and the card says so", async () => {
    const folder = await temporaryFolder();
    const [merged, adapter] = [join(folder, "merged"), join(folder, "adapter")];
    const method = ["--method", "aft-bc"];
    expect((await aft(["export", run, "--to", merged, ...method])).exitCode).toBe(0);
    expect((await aft(["export", run, "--to", adapter, ...method, "--adapter"])).exitCode).toBe(0);
    expect(existsSync(join(merged, "model.safetensors"))).toBe(true);
    expect(existsSync(join(merged, "adapter_config.json"))).toBe(false);
    const card = await readFile(join(merged, "README.md"), "utf8");
    expect(card).toMatch(/library_name: transformers\n[\s\S]*\n {2}- lora\n/);
    expect(card).toMatch(
      /- Trained as a LoRA adapter: rank 4, alpha 8, dropout 0.1, [\d,]+ parameters on down_proj, .*; merged into the base's weights/,
    );
    expect(await readFile(join(adapter, "README.md"), "utf8")).toMatch(
      /library_name: peft[\s\S]*; not merged: it needs its base model/,
    );
    const { stdout } = await execa(await ensurePython(), ["-c", compare, merged, adapter]);
    const [same, plain] = stdout.split(" ").map(Number);
    expect(same).toBeLessThan(1e-5);
    expect(plain).toBeGreaterThan(1e-3);
    // Others do not have that base.
    const push = ["--push", "me/adapter", "--private", "--dry-run"];
    const refused = await aft(["export", run, ...method, "--adapter", ...push]);
    expect(refused.stderr).toContain(
      "the adapter's base is a folder of this machine, which others do not have",
    );
    expect(refused.exitCode).toBe(2);
    // The exported adapter has its base by path, also for `aft score`.
    const copy = join(folder, "copy", "deeper");
    await cp(adapter, copy, { recursive: true });
    const held = join(run, (await arm("aft-bc")).evaluate[0].artefact, "heldout.jsonl");
    const out = join(folder, "scored.jsonl");
    expect((await aft(["score", "--model", copy, "--in", held, "--out", out])).exitCode).toBe(0);
  });

  test("other settings of the adapter are other work; gradient checkpointing is not", async () => {
    const todo = async (set: string) => {
      const dry = await aft([
        "run",
        experiment,
        "--runs",
        runs,
        "--set",
        "stages.evaluate.k=2",
        "--dry-run",
        "--json",
        "--set",
        set,
      ]);
      return JSON.parse(dry.stdout)
        .stages.filter(({ done }: { done: boolean }) => !done)
        .map(({ label }: { label: string }) => label);
    };
    expect(await todo("model.gradientCheckpointing=true")).toEqual([]);
    const changed = await todo("model.adapter.rank=5");
    expect(changed).toContain("vft seed 1");
    expect(changed).toContain("align aft-from-base seed 1");
    expect(changed).not.toContain("create seed 1");
  });
});

test("a run that trained all weights has no adapter to export", async () => {
  const runs = await temporaryFolder();
  const small = ["--set", "methods={aft-bc: null}", "--set", "name=whole"];
  const done = await aft(["run", "tests/e2e/tiny.yaml", "--runs", runs, ...small]);
  expect(done.exitCode).toBe(0);
  const to = join(runs, "out");
  const refused = await aft(["export", join(runs, "whole"), "--to", to, "--method", "vft-kept", "--adapter"]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("this run trained all weights: there is no adapter to export");
  expect(existsSync(to)).toBe(false);
});
