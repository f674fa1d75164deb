import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { findDeno } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { assess, loadRun, type Run, startWorker } from "../../ts/notebook/index.ts";
import { aft, temporaryFolder } from "../e2e/aft.ts";
import { notebookRunner, notebooksFolder } from "../notebooks/execute.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

interface Cell {
  cell_type: string;
  source: string[];
  outputs?: { output_type: string; data?: Record<string, string[]>; text?: string[] }[];
}
const cellsOf = async (file: string): Promise<Cell[]> => JSON.parse(await readFile(file, "utf8")).cells;
const names = (await readdir(notebooksFolder)).filter((name) => name.endsWith(".ipynb")).sort();

let runs: string;
let run: Run;
beforeAll(async () => {
  runs = await temporaryFolder();
  // What the notebooks read, in miniature and under the names that they know.
  const miniature = ["run", "experiments/miniature.yaml", "--runs", runs, "--set"];
  expect(await aft([...miniature, "name=quickstart"])).toMatchObject({ exitCode: 0 });
  const others = ["rft", "aft-none", "aft-dc"].flatMap((name) => ["--set", `methods.${name}=null`]);
  const search = ["--set", "methods.aft-bc.beta={search: [0.1, 0.4]}"];
  expect(await aft([...miniature, "name=boundary", ...search, ...others])).toMatchObject({ exitCode: 0 });
  run = await loadRun("quickstart", { runs });
});

describe("a run as the library reads it", () => {
  test("has the numbers of the report, and the rows that they come from", () => {
    expect(run.methods.map(({ name }) => name)).toEqual([
      "vft-kept",
      "vft-continued",
      "rft",
      "aft-none",
      "aft-dc",
      "aft-bc",
    ]);
    const { metrics } = run.method("aft-bc");
    const right = run.predictions("aft-bc").filter(({ correct }) => correct).length;
    expect(right / 40).toBeCloseTo(metrics.accuracy.value!);
    expect(assess(run.heldOut("aft-bc")).assessmentAccuracy.micro).toBe(metrics.assessmentMicro.value);
    expect(assess(run.samples("aft-bc")).sampledAccuracy).toBeCloseTo(metrics.sampledAccuracy.value!);
    expect(run.trainGroups().length).toBe(40);
    expect(run.training("aft-bc").map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(run.training("VFT").length).toBe(60);
    expect(run.training("vft-kept")).toEqual([]);
  });

  test("has questions with their prompts, and weights where it says", async () => {
    const questions = await run.questions("test");
    expect(questions.length).toBe(40);
    expect(questions[0]!.prompt).toBe(run.predictions("aft-bc")[0]!.prompt);
    for (const name of ["VFT", "aft-bc"])
      expect(await readdir(run.checkpoint(name))).toContain("model.safetensors");
    expect(run.checkpoint("vft-kept")).toBe(run.checkpoint("VFT"));
  });

  test("an unknown method or seed is named", () => {
    expect(() => run.method("aft-bcc")).toThrow(
      /no such method\n {2}found: "aft-bcc"[\s\S]*did you mean: aft-bc/,
    );
    expect(() => run.predictions("aft-bc", 9)).toThrow(/no such seed\n {2}found: 9\n {2}expected: one of 1$/);
  });

  test("is the same under Deno", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "aft-deno-")), "read.ts");
    const library = join(projectRoot, "ts", "notebook", "index.ts");
    await writeFile(
      file,
      `import { loadRun } from ${JSON.stringify(library)};\n` +
        `const run = await loadRun("quickstart", { runs: ${JSON.stringify(runs)} });\n` +
        "console.log(JSON.stringify([run.summary, run.heldOut('aft-bc'), run.table]));\n",
    );
    const { stdout } = await execa(
      findDeno(),
      ["run", "--allow-all", "-c", join(projectRoot, "deno.json"), file],
      {
        cwd: projectRoot,
      },
    );
    expect(JSON.parse(stdout)).toEqual(
      JSON.parse(JSON.stringify([run.summary, run.heldOut("aft-bc"), run.table])),
    );
  });
});

test("a live model samples and scores as the run did, token by token", async () => {
  await using worker = await startWorker({ threads: 1 });
  const model = await worker.loadModel(run.checkpoint("VFT"));
  const group = run.heldOut("vft-kept")[0]!;
  const [candidate] = group.candidates;
  const [scored, other] = await model.score(group.prompt, [candidate!.text, "6"]);
  if (candidate!.finish === "stop") expect(scored!.score).toBeCloseTo(candidate!.score!, 4);
  expect(other!.tokens.map(({ text }) => text)).toEqual(["6", "</s>"]);
  for (const { tokens, logprob, score } of [scored!, other!]) {
    expect(tokens.reduce((sum, token) => sum + token.logprob, 0)).toBeCloseTo(logprob, 4);
    expect(score).toBeCloseTo(logprob / tokens.length, 6);
  }
  const [greedy] = await model.sample(group.prompt, { temperature: 0, maxNewTokens: 24 });
  expect(greedy!.text).toBe(run.predictions("vft-kept")[0]!.text);
  // A sample depends on (seed, id, index) alone: alone, or among others.
  const prompts = [
    { id: "a", prompt: group.prompt },
    { id: "b", prompt: group.prompt },
  ];
  const [a, b] = await model.sample(prompts, { k: 3, maxNewTokens: 24 });
  expect(a!.map(({ index }) => index)).toEqual([0, 1, 2]);
  const alone = await model.sample(prompts[1]!, { k: 3, maxNewTokens: 24 });
  expect(alone.map(({ text }) => text)).toEqual(b!.map(({ text }) => text));
  await expect(model.sample([group.prompt, group.prompt])).rejects.toThrow("two prompts have the same id");
  const [rescored] = await model.scoreGroups([group]);
  expect(rescored!.candidates[0]!.score).toBeCloseTo(candidate!.score!, 4);
});

describe("every notebook", () => {
  let runner: Awaited<ReturnType<typeof notebookRunner>>;
  let folder: string;
  beforeAll(async () => {
    runner = await notebookRunner();
    folder = await temporaryFolder();
  });

  test.each(names)(
    "%s runs from its first cell to its last, and shows the kinds of things that are committed",
    async (name) => {
      const file = join(folder, name);
      await runner.execute(name, { runs, to: file });
      const kinds = (cells: Cell[]) =>
        cells.map(({ outputs = [] }) =>
          outputs.map(({ output_type, data }) => [output_type, Object.keys(data ?? {})]),
        );
      expect(kinds(await cellsOf(file))).toEqual(kinds(await cellsOf(join(notebooksFolder, name))));
    },
  );

  test.each(names)(
    "%s is committed with its outputs, which name no folder of the machine that made them",
    async (name) => {
      const cells = await cellsOf(join(notebooksFolder, name));
      expect(cells.filter(({ outputs = [] }) => outputs.length > 0).length).toBeGreaterThan(4);
      const shown = JSON.stringify(cells.map(({ outputs }) => outputs));
      expect(shown).not.toMatch(/\/(?:home|root|work|tmp|Users)\//);
      expect(shown).not.toContain('"output_type":"error"');
    },
  );
});
