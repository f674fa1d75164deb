import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { aft, temporaryFolder } from "./aft.ts";
import { dryRun, setting, wholeRun } from "./whole-runs.ts";

const experiment = "tests/e2e/rounds.yaml";

interface OfTask {
  artefact: string;
}
interface Round {
  groups: OfTask[];
  align: string;
  evaluate: OfTask[];
}
interface Arm {
  method: string;
  checkpoint: string;
  evaluate: OfTask[];
  rounds?: Round[];
}
interface Look {
  perplexityReference: number;
  perplexityNegative: number;
}

describe("an experiment in two rounds, with an adapter", () => {
  let runs: string;
  let run: string;
  let arms: Arm[];
  const json = async (...path: string[]) => JSON.parse(await readFile(join(run, ...path), "utf8"));
  const lines = async <T>(...path: string[]): Promise<T[]> =>
    (await readFile(join(run, ...path), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const trained = () => arms.filter(({ rounds }) => rounds !== undefined);

  beforeAll(async () => {
    const whole = await wholeRun(experiment);
    ({ runs } = whole);
    run = join(runs, "rounds");
    expect(whole.done.stderr).not.toMatch(/error|traceback/i);
    expect(whole.done.exitCode).toBe(0);
    ({ arms } = (await json("run.json")).seeds[0]);
  });

  test("gives every method that trains two rounds, of which the last is its result", async () => {
    expect(trained().map(({ method }) => method)).toEqual([
      "aft-bc",
      "aft-from-base",
      "vft-continued",
      "dpo",
    ]);
    for (const { checkpoint, evaluate, rounds } of trained()) {
      expect(rounds).toHaveLength(2);
      expect(rounds![1]).toMatchObject({ align: checkpoint, evaluate });
    }
    const report = await json("report.json");
    expect(report.rounds.count).toBe(2);
    for (const { name, rounds } of report.rounds.methods) {
      const result = report.methods.find((method: { name: string }) => method.name === name);
      expect(rounds[1].metrics.sampledAccuracy.value).toBe(result.metrics.sampledAccuracy.value);
    }
    expect(await readFile(join(run, "report.md"), "utf8")).toContain("## Round by round");
  });

  test("trains on with the weights that the first round left", async () => {
    for (const { rounds } of trained()) {
      const [first, second] = rounds!;
      const steps = await lines<{ heldOut?: Look }>(first!.align, "metrics.jsonl");
      const { heldOut: start } = (await json(second!.align, "before.json")) as { heldOut: Look };
      expect(start).toEqual(steps.at(-1)!.heldOut);
      const digests = await Promise.all(
        rounds!.map(async ({ align }) => (await json(align, "manifest.json")).facts.digest),
      );
      expect(digests[0]).not.toBe(digests[1]);
      expect((await json(second!.align, "manifest.json")).facts.adapter.rank).toBe(4);
    }
  });

  test("samples the next questions from these weights; continued VFT takes the same questions", async () => {
    const ids = async ({ groups: [groups] }: Round) =>
      (await lines<{ id: string }>(groups!.artefact, "groups.jsonl")).map(({ id }) => id);
    const questions = (
      await lines<{ id: string }>((await json("run.json")).tasks[0].questions, "train.jsonl")
    ).map(({ id }) => id);
    for (const { method, rounds } of trained()) {
      const [first, second] = rounds!;
      expect(await ids(first!)).toEqual(questions.slice(0, 8));
      expect(await ids(second!)).toEqual(questions.slice(8, 16));
      const { stage, inputs } = await json(second!.groups[0]!.artefact, "manifest.json");
      expect(stage).toBe(method === "vft-continued" ? "references" : "judge");
      if (stage === "references") continue;
      const sample = (await json("run.json")).stages.find(({ artefact }: OfTask) =>
        artefact.includes(`sample-${inputs.candidates.slice(0, 16)}`),
      );
      const { facts } = await json(sample.artefact, "manifest.json");
      expect(facts.weights).toBe((await json(first!.align, "manifest.json")).facts.digest);
    }
  });

  test("the record's training goes on counting where the first round ends", async () => {
    const report = await json("report.json");
    const looks = report.training.find(({ method }: { method: string }) => method === "aft-bc").looks;
    expect(looks.map(({ step }: { step: number }) => step)).toEqual([0, 3, 6]);
  });

  test("export gives the last round's weights", async () => {
    const to = join(await temporaryFolder(), "out");
    const done = await aft(["export", run, "--to", to, "--method", "aft-bc", "--adapter"]);
    expect(done.stderr).toBe("");
    const { checkpoint, rounds } = arms.find(({ method }) => method === "aft-bc")!;
    const weights = async (folder: string) => readFile(join(folder, "adapter_model.safetensors"));
    const exported = await weights(to);
    expect(exported.equals(await weights(join(run, checkpoint, "checkpoint")))).toBe(true);
    expect(exported.equals(await weights(join(run, rounds![0]!.align, "checkpoint")))).toBe(false);
  });

  test("export gives the samples of every round, of all methods or of one", async () => {
    const names = async (...method: string[]) => {
      const to = join(await temporaryFolder(), "out");
      const done = await aft(["export", run, "--to", to, "--data", "groups", ...method]);
      expect(done.stderr).toBe("");
      return { to, names: (await readdir(to)).sort() };
    };
    const sampled = ["aft-bc", "aft-from-base", "dpo"].map((name) => `${name}-round-2.jsonl`);
    expect((await names()).names.filter((name) => name.endsWith(".jsonl"))).toEqual(
      expect.arrayContaining([...sampled, "train.jsonl"].sort()),
    );
    const { to, names: one } = await names("--method", "aft-bc");
    expect(one).toEqual(["README.md", "aft-bc-round-2.jsonl", "train.jsonl"]);
    const { rounds } = arms.find(({ method }) => method === "aft-bc")!;
    const { artefact } = rounds![1]!.groups[0]!;
    const ids = async (file: string) =>
      (await readFile(file, "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id);
    expect(await ids(join(to, one[1]!))).toEqual(await ids(join(run, artefact, "groups.jsonl")));
    expect(await readFile(join(to, "README.md"), "utf8")).toContain(
      "round 2, by the weights of aft-bc after round 1",
    );
  });

  test("fewer rounds are there already, and more go on from these", async () => {
    const todo = async (...set: string[]): Promise<string[]> =>
      JSON.parse((await dryRun(experiment, runs, "--json", ...setting(...set))).stdout)
        .stages.filter(({ done }: { done: boolean }) => !done)
        .map(({ label }: { label: string }) => label);
    expect(await todo("rounds=1")).toEqual([]);
    const more = await todo("rounds=3");
    expect(more).toContain("align dpo round 3 seed 1");
    for (const label of more) expect(label).toContain("round 3");
    expect(await todo("rounds.reference=vft")).toEqual([
      "score dpo round 2 seed 1",
      "align dpo round 2 seed 1",
      "evaluate dpo round 2 seed 1",
    ]);
  });

  test("a dry run says what the rounds would take", async () => {
    const { stdout, exitCode } = await dryRun(experiment, await temporaryFolder());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/sample aft-bc round 2 seed 1 .*\d/);
    expect(stdout).toMatch(/align vft-continued round 2 seed 1 .*\d/);
  });

  test("a sweep over rounds makes nothing of what its cells share with what was run", async () => {
    const set = setting("name=by-rounds", "sweep.matrix.rounds=[1, 2]");
    const artefacts = async () => (await readdir(join(runs, "artefacts"))).sort();
    const before = await artefacts();
    const swept = await aft(["run", experiment, "--runs", runs, ...set]);
    expect(swept.stderr).not.toMatch(/error|traceback/i);
    expect(swept.exitCode).toBe(0);
    expect(await artefacts()).toEqual(before);
    const armsIn = async (cell: string): Promise<Arm[]> =>
      JSON.parse(await readFile(join(runs, "by-rounds", cell, "run.json"), "utf8")).seeds[0].arms;
    const [ones, twos] = [await armsIn("rounds=1"), await armsIn("rounds=2")];
    const of = (all: Arm[]) => all.find(({ method }) => method === "aft-bc")!;
    expect(of(ones).rounds).toBeUndefined();
    expect(of(twos).rounds![0]!.align).toBe(of(ones).checkpoint);
    expect(of(twos).checkpoint).not.toBe(of(ones).checkpoint);
  });
});
