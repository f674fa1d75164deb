import { existsSync } from "node:fs";
import { cp, readdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { goodToken, standInHub } from "../ts/experiment/export/hub-server.ts";
import { aft, someFile, startAft, temporaryFolder, until } from "./aft.ts";
import { dryRun, setting, wholeRun } from "./whole-runs.ts";

const experiment = "experiments/miniature.yaml";
const sixMethods = ["vft-kept", "vft-continued", "rft", "aft-none", "aft-dc", "aft-bc"];

describe("the whole pipeline in miniature", () => {
  let runs: string;
  let run: string;
  let first: Awaited<ReturnType<typeof aft>>;

  beforeAll(async () => {
    ({ runs, done: first } = await wholeRun(experiment));
    run = join(runs, "miniature");
  });

  test("runs to its end and prints the table", () => {
    expect(first.stderr).not.toMatch(/error|traceback/i);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toContain(`report: ${join(run, "report.html")}`);
  });

  test("writes a report with all six rows, from artefacts that name their weights", async () => {
    const report = JSON.parse(await readFile(join(run, "report.json"), "utf8"));
    expect(report.methods.map(({ name }: { name: string }) => name)).toEqual(sixMethods);
    for (const { metrics } of report.methods) expect(metrics.accuracy.perSeed[0].n).toBe(40);
    const { byStage } = report.cost as { byStage: { name: string; peakResidentBytes: number | null }[] };
    for (const { name, peakResidentBytes } of byStage.filter(({ name }) => ["vft", "align"].includes(name)))
      expect([name, peakResidentBytes! > 2 ** 26]).toEqual([name, true]);
    expect(report.provenance.weights).toHaveLength(7);
    const markdown = await readFile(join(run, "report.md"), "utf8");
    const charts = [...markdown.matchAll(/\]\((charts\/[\w-]+\.svg)\)/g)].map(([, file]) => file!);
    expect(charts.length).toBeGreaterThan(3);
    for (const file of charts)
      expect(await readFile(join(run, file), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    const html = await readFile(join(run, "report.html"), "utf8");
    expect(html.slice(0, 15).toLowerCase()).toBe("<!doctype html>");
    // Self-contained: nothing is fetched to show it (a link to the paper may stand in it).
    expect(html.match(/<(link|script|img|iframe)[^>]*(src|href)="(?!#|data:)[^"]*"/g)).toBe(null);
    const record = JSON.parse(await readFile(join(run, "run.json"), "utf8"));
    for (const { checkpoint } of record.seeds[0].arms) {
      const manifest = JSON.parse(await readFile(join(run, checkpoint, "manifest.json"), "utf8"));
      expect(manifest.facts.digest).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test("a second run of the same command redoes nothing and says so", async () => {
    const again = await aft(["run", experiment, "--runs", runs], { env: { AFT_PYTHON: "/nowhere/python" } });
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain("nothing to do: all");
    expect(again.stderr.match(/done before, reused/g)?.length).toBeGreaterThan(10);
  });

  test("a dry run shows every stage and writes nothing", async () => {
    const before = await readdir(join(runs, "artefacts"));
    const dry = await dryRun(experiment, runs, "--json", ...setting("stages.sample.k=5"));
    const { stages } = JSON.parse(dry.stdout);
    const done = (label: string) => stages.find((stage: { label: string }) => stage.label === label).done;
    expect(done("vft seed 1")).toBe(true);
    expect(done("align aft-bc seed 1")).toBe(false);
    expect(await readdir(join(runs, "artefacts"))).toEqual(before);
  });

  test("`--json` prints one JSON object on stdout", async () => {
    const again = await aft(["run", experiment, "--runs", runs, "--json"]);
    expect(JSON.parse(again.stdout).made).toBe(0);
  });

  test("a damaged artefact is made again, the others are kept", async () => {
    const copy = await temporaryFolder();
    await cp(runs, copy, { recursive: true });
    const record = JSON.parse(await readFile(join(copy, "miniature", "run.json"), "utf8"));
    await truncate(
      join(copy, "miniature", record.seeds[0].arms[0].evaluate[0].artefact, "predictions.jsonl"),
      10,
    );
    const again = await aft(["run", experiment, "--runs", copy, "--json"]);
    expect(JSON.parse(again.stdout).made).toBe(1);
  });

  test("judge, score and assess work on the run's files and agree with it", async () => {
    const folder = await temporaryFolder();
    const record = JSON.parse(await readFile(join(run, "run.json"), "utf8"));
    const [arm] = record.seeds[0].arms;
    const inputs = JSON.parse(
      await readFile(join(run, arm.evaluate[0].artefact, "manifest.json"), "utf8"),
    ).inputs;
    const questionsFolder = (await readdir(join(runs, "artefacts"))).find((name) =>
      name.startsWith(`questions-${inputs.questions.slice(0, 16)}`),
    )!;
    const at = (name: string) => join(folder, name);
    const questions = join(runs, "artefacts", questionsFolder, "test.jsonl");
    const judged = await aft([
      "judge",
      "--task",
      "arithmetic",
      "--questions",
      questions,
      "--in",
      join(run, arm.evaluate[0].artefact, "candidates.jsonl"),
      "--out",
      at("groups.jsonl"),
    ]);
    expect(judged.exitCode).toBe(0);
    expect(await readFile(at("groups.jsonl"), "utf8")).toBe(
      await readFile(join(run, arm.evaluate[0].artefact, "samples.jsonl"), "utf8"),
    );
    const scored = await aft([
      "score",
      "--model",
      join(run, arm.checkpoint, "checkpoint"),
      "--in",
      at("groups.jsonl"),
      "--out",
      at("scored.jsonl"),
    ]);
    expect(scored.exitCode).toBe(0);
    const rows = (await readFile(at("scored.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const sampled = (await readFile(at("groups.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const [row, group] of rows.entries())
      for (const [at, candidate] of group.candidates.entries())
        expect(candidate.score).toBeCloseTo(sampled[row].candidates[at].score, 4);
    const assessed = await aft(["assess", "--in", at("scored.jsonl"), "--json"]);
    const assessment = JSON.parse(assessed.stdout);
    expect(Object.keys(assessment)).toEqual([
      "questions",
      "candidates",
      "sampledAccuracy",
      "assessmentAccuracy",
      "majority",
      "passAtK",
      "passAtKQuestions",
      "perplexity",
    ]);
    expect(assessment.questions).toBe(40);
    expect(assessment.candidates).toBe(240);
  });

  test("export copies weights that open elsewhere, and refuses what is there or ambiguous", async () => {
    const folder = await temporaryFolder();
    const to = join(folder, "model");
    expect((await aft(["export", run, "--to", to, "--method", "aft-bc"])).exitCode).toBe(0);
    expect(existsSync(join(to, "config.json"))).toBe(true);
    expect(await readFile(join(to, "README.md"), "utf8")).toContain("- Task: arithmetic");
    const opened = await aft([
      "score",
      "--model",
      to,
      "--in",
      join(runs, "none.jsonl"),
      "--out",
      join(folder, "x"),
    ]);
    expect(opened.exitCode).toBe(2);
    const again = await aft(["export", run, "--to", to, "--method", "aft-bc"]);
    expect(again.stderr).toBe(`${to}: the folder to export to is there already\n  expected: a new folder`);
    const which = await aft(["export", run, "--to", join(folder, "other"), "--method", "aft-bd"]);
    expect(which.stderr).toContain("did you mean: aft-b");
    expect(which.exitCode).toBe(2);
  });

  test("export publishes weights with their card, and data, on a hub that then has the same bytes", async () => {
    const hub = await standInHub();
    try {
      const env = { HF_TOKEN: goodToken, HF_ENDPOINT: hub.address };
      const publish = (...args: string[]) => aft(["export", run, ...args, "--private"], { env });
      const done = await publish("--method", "aft-bc", "--push", "me/model");
      expect(done.stderr + done.stdout).not.toContain(goodToken);
      expect(done.exitCode).toBe(0);
      expect(done.stdout).toMatch(/^to be published: .*\/me\/model \(model, private\), 6 files, 1\.\d MB\n/);
      expect(done.stdout).toContain(`done: ${hub.address}/me/model`);
      const { files } = hub.repositories.get("models/me/model")!;
      const record = JSON.parse(await readFile(join(run, "run.json"), "utf8"));
      const { checkpoint } = record.seeds[0].arms.find((arm: { method: string }) => arm.method === "aft-bc");
      const weights = join(run, checkpoint, "checkpoint", "model.safetensors");
      expect(files.get("model.safetensors")!.equals(await readFile(weights))).toBe(true);
      const card = files.get("README.md")!.toString("utf8");
      expect(card).toContain('folder = "me/model"');
      expect(card).toMatch(/right, % \[95 %\] \| continued VFT, % \| difference, points \[95 %\]/);
      expect((await publish("--data", "groups", "--push", "me/rows")).exitCode).toBe(0);
      const rows = hub.repositories.get("datasets/me/rows")!.files;
      expect(rows.get("train.jsonl")!.toString("utf8").trim().split("\n")).toHaveLength(40);
      expect(rows.get("README.md")!.toString("utf8")).toContain('load_dataset("me/rows", split="train")');
      for (const bytes of [...files.values(), ...rows.values()]) expect(bytes.includes(runs)).toBe(false);
      // Nothing is left beside the run, and a dry run asks nobody.
      expect((await readdir(run)).filter((name) => name.includes("push"))).toEqual([]);
      const before = hub.asked.length;
      const dry = await publish("--method", "aft-bc", "--push", "me/model", "--dry-run");
      expect(dry.stdout).toMatch(/^would be published: .*\n( {2}\S+ +[\d.]+ k?M?B\n){6}nothing was sent$/);
      expect(hub.asked.length).toBe(before);
    } finally {
      hub.close();
    }
  });

  test("export does not publish before it is said who may see it", async () => {
    const bare = await aft(["export", run, "--method", "aft-bc", "--push", "me/model"]);
    expect(bare.stderr).toBe(
      "who may see what is pushed?\n  expected: --private (you and your organisation) or --public (all the world)",
    );
    expect(bare.exitCode).toBe(2);
    const nowhere = await aft(["export", run, "--method", "aft-bc"]);
    expect(nowhere.stderr).toBe("export to where?\n  expected: --to FOLDER, or --push ORGANISATION/NAME");
  });

  test("kill -9 in mid-sampling: run again, none is missing and none is double", async () => {
    const other = await temporaryFolder();
    const settings = setting("stages.sample.k=64", "worker.maxTokensPerBatch=512");
    const killed = startAft(["run", experiment, "--runs", other, ...settings]);
    await until(() => someFile(other, /^sample-/, "candidates.jsonl", 64));
    killed.kill("SIGKILL");
    await killed;
    const [sample] = (await readdir(join(other, "artefacts"))).filter((name) => name.startsWith("sample-"));
    const file = join(other, "artefacts", sample!, "candidates.jsonl");
    const before = (await readFile(file, "utf8")).split("\n").length - 1;
    await truncate(file, (await readFile(file)).length - 7);
    const resumed = await aft(["run", experiment, "--runs", other, ...settings]);
    expect(resumed.exitCode).toBe(0);
    const rows = (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const ids = rows.map(({ questionId, index }) => `${questionId} ${index}`);
    expect(before).toBeLessThan(40 * 64);
    expect(new Set(ids).size).toBe(40 * 64);
    expect(ids).toHaveLength(40 * 64);
  });
});
