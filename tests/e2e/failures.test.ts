import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { aft, artefactOf, temporaryFolder } from "./aft.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const tiny = "tests/e2e/tiny.yaml";
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
const at = (name: string): string => join(folder, name);

describe("what a user gives is wrong: one error, exit code 2, nothing written", () => {
  test("YAML that cannot be read", async () => {
    await writeFile(at("bad.yaml"), "name: x\nstages: {vft: [\n");
    const { exitCode, stderr, stdout } = await aft(["run", at("bad.yaml"), "--runs", at("runs")]);
    expect(stderr).toContain(`${at("bad.yaml")}:`);
    expect(stderr).not.toContain("    at ");
    expect([exitCode, stdout, existsSync(at("runs"))]).toEqual([2, "", false]);
  });

  test("a misspelt key, with its line and the key that was meant", async () => {
    const yaml = `extends: ${join(process.cwd(), tiny)}\nstages:\n  smaple: {k: 3}\n`;
    await writeFile(at("key.yaml"), yaml);
    const { exitCode, stderr } = await aft(["run", at("key.yaml"), "--runs", at("runs"), "--json"]);
    expect(stderr).toMatch(/^.*key\.yaml:3:3: unknown key "smaple" in stages\n/);
    expect(stderr).toMatch(/\n {2}did you mean: sample$/);
    expect([exitCode, existsSync(at("runs"))]).toEqual([2, false]);
  });

  test("AFT_PYTHON that cannot be started", async () => {
    const { exitCode, stderr } = await aft(["run", tiny, "--runs", at("runs")], {
      env: { AFT_PYTHON: "/nowhere/python" },
    });
    const [what, ...rest] = stderr.slice(stderr.indexOf("the Python that")).split("\n");
    expect(what).toBe("the Python that AFT_PYTHON names could not be started");
    expect(rest).toEqual([
      '  found: "/nowhere/python"',
      "  expected: an interpreter of Python 3.11 or newer",
      "  fix: correct AFT_PYTHON, or leave it out: aft then makes an environment of its own",
    ]);
    expect([exitCode, existsSync(at("runs/tiny/run.json"))]).toEqual([2, false]);
  });

  test("worker.python that is not there", async () => {
    const set = "worker.python=/nowhere/python";
    const { exitCode, stderr } = await aft(["run", tiny, "--runs", at("runs"), "--set", set]);
    expect(stderr).toBe(
      [
        `(--set ${set}): worker.python: no such file: /nowhere/python`,
        '  found: "/nowhere/python"',
        "  expected: a Python interpreter, or no python key",
      ].join("\n"),
    );
    expect([exitCode, existsSync(at("runs"))]).toEqual([2, false]);
  });

  test("a model that is not there", async () => {
    const run = await aft(["run", tiny, "--runs", at("runs"), "--set", "model={path: /nowhere/model}"]);
    expect(run.stderr).toContain("model.path: no such folder: /nowhere/model");
    expect([run.exitCode, existsSync(at("runs"))]).toEqual([2, false]);
    const files = ["--in", at("groups.jsonl"), "--out", at("scored.jsonl")];
    const score = await aft(["score", "--model", "/nowhere/model", ...files]);
    expect(score.stderr).toBe(
      "/nowhere/model: no such folder\n  expected: a folder with a model in Hugging Face format, or a hub id",
    );
    expect([score.exitCode, await readdir(folder)]).toEqual([2, []]);
  });

  test("a corrupt line, in judge, score and assess", async () => {
    const candidate = { text: "#### 2", extracted: "2", correct: true };
    const group = { id: "q1", task: "arithmetic", prompt: "1 + 1?", answer: "2", candidates: [candidate] };
    await writeFile(at("groups.jsonl"), `${JSON.stringify(group)}\n{"id": "q2", "ta\n`);
    const question = { id: "q1", task: "arithmetic", question: "1 + 1?", answer: "2" };
    await writeFile(at("questions.jsonl"), `${JSON.stringify(question)}\n`);
    await writeFile(at("candidates.jsonl"), '{"questionId": "q1", "index": 0.5, "text": "#### 2"}\n');
    const before = await readdir(folder);
    const groups = ["--in", at("groups.jsonl")];
    const out = ["--out", at("out.jsonl")];
    const torn = `${at("groups.jsonl")}:2: not valid JSON\n  found: "{\\"id\\": \\"q2\\", \\"ta"\n  expected: one JSON object on this line`;
    const assess = await aft(["assess", ...groups, "--json"]);
    expect([assess.exitCode, assess.stdout, assess.stderr]).toEqual([2, "", torn]);
    const score = await aft(["score", "--model", folder, ...groups, ...out]);
    expect([score.exitCode, score.stderr]).toEqual([2, torn]);
    const files = ["--questions", at("questions.jsonl"), "--in", at("candidates.jsonl"), ...out];
    const judge = await aft(["judge", "--task", "arithmetic", ...files]);
    expect([judge.exitCode, judge.stderr]).toEqual([
      2,
      `${at("candidates.jsonl")}:1: bad value for field index\n  found: 0.5\n  expected: a whole number of at least 0`,
    ]);
    expect(await readdir(folder)).toEqual(before);
  });
});

describe("a run's own files are damaged", () => {
  let runs: string;
  let run: string;
  beforeAll(async () => {
    runs = await temporaryFolder();
    run = join(runs, "tiny");
    const { exitCode } = await aft(["run", tiny, "--runs", runs]);
    expect(exitCode).toBe(0);
  });

  test("a damaged row of the store is found and named, and the same command mends it", async () => {
    const sample = await artefactOf(runs, "sample", (manifest) => manifest.settings.split === "train");
    const file = join(sample, "candidates.jsonl");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace('"index":0', '"index":1'));
    const judge = await artefactOf(runs, "judge", (manifest) => manifest.settings.split === "train");
    await rm(judge, { recursive: true });
    const mended = await aft(["run", tiny, "--runs", runs, "--json"]);
    expect(mended.stderr).toContain(`${sample}: candidates.jsonl is not what was written; making it again\n`);
    expect(JSON.parse(mended.stdout)).toMatchObject({ made: 2, reused: 8 });
    expect((await readFile(file, "utf8")).split("\n").sort()).toEqual(text.split("\n").sort());
  });

  test("report and export of a run whose artefacts were removed say so; a run makes them again", async () => {
    const align = await artefactOf(runs, "align", () => true);
    await rm(align, { recursive: true });
    const text = `${align}: an artefact of this run is missing or damaged\n  fix: run the experiment again: only what is missing is made`;
    const report = await aft(["report", run]);
    expect([report.exitCode, report.stderr]).toEqual([1, text]);
    const to = join(await temporaryFolder(), "deep", "er", "model");
    const gone = await aft(["export", run, "--method", "aft-bc", "--to", to]);
    expect([gone.exitCode, gone.stderr, existsSync(to)]).toEqual([1, text, false]);
    const again = await aft(["run", tiny, "--runs", runs, "--json"]);
    expect(JSON.parse(again.stdout).made).toBe(1);
    const made = await aft(["export", run, "--method", "aft-bc", "--to", `${to}/`]);
    expect([made.exitCode, existsSync(join(to, "model.safetensors"))]).toEqual([0, true]);
  });

  test("two runs are reported with one command, and a folder that is no run is named", async () => {
    // What an earlier, larger report kept beside its page.
    await mkdir(join(run, "report-data"));
    await writeFile(join(run, "report-data", "texts-0.js"), "");
    const both = await aft(["report", run, run]);
    expect(existsSync(join(run, "report-data"))).toBe(false);
    expect(both.stdout.match(/^report: .*report\.html$/gm)).toEqual(
      Array.from({ length: 2 }, () => `report: ${join(run, "report.html")}`),
    );
    const none = await aft(["report", runs]);
    expect(none.stderr).toContain(`${runs}: not the folder of a finished run: it has no run.json`);
    expect(none.exitCode).toBe(2);
  });

  test("other settings under the same name say what they will replace", async () => {
    const { stderr } = await aft(["run", tiny, "--runs", runs, "--set", "stages.evaluate.k=2"]);
    expect(stderr).toContain(
      `${run} holds the report of other settings: it will be replaced (all artefacts stay; --set name=... keeps both)`,
    );
  });
});

test("no experiment may take the name of the artefacts' folder", async () => {
  const { exitCode, stderr } = await aft(["validate", tiny, "--set", "name=artefacts"]);
  expect(stderr).toContain("name: this name is taken");
  expect(exitCode).toBe(2);
});
