import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { loadSweep } from "../../ts/notebook/index.ts";
import { aft, artefactOf, startAft, temporaryFolder, until } from "./aft.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const file = "tests/e2e/sweep.yaml";
const cells = ["k=2,beta=0.1", "k=2,beta=0.2", "k=3,beta=0.1"];
/** A further cell whose third stage of training cannot work: such a step makes the weights infinite. */
const broken = ["--set", "sweep.include=[{methods.aft-bc.train.learningRate: 1e30}]"];
const brokenCell = "learningRate=1e+30";

describe("a sweep, two cells at a time, is stopped, and run again with a cell that fails", () => {
  let runs: string;
  let stopped: { exitCode?: number | undefined; all?: unknown };
  let first: Awaited<ReturnType<typeof aft>>;

  beforeAll(async () => {
    runs = await temporaryFolder();
    const running = startAft(["run", file, "--runs", runs, "--jobs", "2", ...broken]);
    await until(() => running.exitCode !== null || hasFinished("vft"));
    running.kill("SIGINT");
    stopped = await running;
    first = await aft(["run", file, "--runs", runs, "--jobs", "2", "--json", ...broken]);
  });

  const hasFinished = (stage: string): Promise<boolean> =>
    artefactOf(runs, stage, () => true).then(
      () => true,
      () => false,
    );
  const countOf = async (stage: string): Promise<number> =>
    (await readdir(join(runs, "artefacts"))).filter((name) => name.startsWith(`${stage}-`)).length;

  test("Ctrl-C ends with 130 and the command that goes on", () => {
    expect(stopped.exitCode).toBe(130);
    expect(String(stopped.all)).toContain(
      `the same command goes on from there: aft run ${file} --runs ${runs} --jobs 2 --set 'sweep.include`,
    );
    expect(first.stderr).not.toMatch(/(vft|create) seed 1: \d/);
  });

  test("one failed cell leaves the others going; its error comes last, in one line, with exit code 1", () => {
    expect(first.exitCode).toBe(1);
    expect(first.stderr.trim().split("\n").at(-1)).toMatch(
      /^cell learningRate=1e\+30 failed: align aft-bc seed 1: .*not finite/,
    );
    const { sweep, cells: found } = JSON.parse(first.stdout);
    expect(sweep).toBe("tiny-sweep");
    expect(found.map(({ cell, status }: { cell: string; status: string }) => [cell, status])).toEqual([
      ...cells.map((cell) => [cell, "done"]),
      [brokenCell, "failed"],
    ]);
    for (const { cell, settings, run, report } of found.slice(0, 3)) {
      expect(run).toBe(join(runs, "tiny-sweep", cell));
      expect(existsSync(join(run, "report.html"))).toBe(true);
      expect(report.methods[0].settings.beta).toBe(settings["methods.aft-bc.beta"]);
    }
    expect(found[3]).not.toHaveProperty("report");
    expect(found[3].error).toContain("not finite");
  });

  test("what the cells share was made once", async () => {
    // Samples: of test questions once, of training questions with k = 2 and with k = 3.
    expect([await countOf("questions"), await countOf("vft"), await countOf("sample")]).toEqual([1, 1, 3]);
    // The broken cell's is there, unfinished.
    expect([await countOf("align"), await countOf("evaluate")]).toEqual([4, 3]);
  });

  test("sweep.json holds every cell with counts and intervals, and the best", async () => {
    const {
      best,
      cells: found,
      keys,
    } = JSON.parse(await readFile(join(runs, "tiny-sweep", "sweep.json"), "utf8"));
    expect(keys).toEqual(["stages.sample.k", "methods.aft-bc.beta", "methods.aft-bc.train.learningRate"]);
    for (const { methods } of found.slice(0, 3)) {
      const { value, interval, n } = methods[0].metrics.accuracy;
      expect(n).toBe(8);
      expect(interval.low).toBeLessThanOrEqual(value);
      expect(interval.high).toBeGreaterThan(value);
      expect(best.value).toBeGreaterThanOrEqual(value);
    }
    expect(best).toMatchObject({ metric: "accuracy", method: "aft-bc", n: 8, among: 3 });
  });

  test("the whole has a report: every cell that is done, its link, and the error of the one that failed", async () => {
    const page = await readFile(join(runs, "tiny-sweep", "report.html"), "utf8");
    for (const cell of cells) expect(page).toContain(`href="${encodeURIComponent(cell)}/report.html"`);
    expect(page).toContain("<code>learningRate=1e+30</code>: failed: align aft-bc seed 1");
    expect(page).toContain("responses a question, before duplicates are dropped");
    expect(page).toContain("on 8 questions of the test split");
    const { cells: found, best } = JSON.parse(await readFile(join(runs, "tiny-sweep", "sweep.json"), "utf8"));
    const compared = found.filter(({ againstBest }: { againstBest?: unknown }) => againstBest !== undefined);
    expect(compared.map(({ cell }: { cell: string }) => cell)).toEqual(
      cells.filter((cell) => cell !== best.cell),
    );
    for (const { againstBest } of compared) expect(againstBest.pHolm).toBeGreaterThan(0);
  });

  test("the library reads it, and the run of each cell", async () => {
    const sweep = await loadSweep("tiny-sweep", { runs });
    expect(sweep.rows().map(({ cell }) => cell)).toEqual(cells);
    expect(sweep.cell(brokenCell).status).toBe("failed");
    for (const cell of cells) {
      const run = await sweep.run(cell);
      const [method] = sweep.cell(cell).methods;
      expect(run.method("aft-bc").metrics.accuracy.value).toBe(method!.metrics.accuracy!.value);
      expect(run.predictions("aft-bc")).toHaveLength(8);
    }
  });

  test("without the broken cell nothing is left to do, and no worker is started", async () => {
    const again = await aft(["run", file, "--runs", runs], { env: { AFT_PYTHON: "/nowhere/python" } });
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain("nothing to do: all 3 cells were done before");
    for (const cell of cells) expect(again.stdout).toContain(`\n${cell}\n  AFT-BC  `);
  });

  test("where the end was cut off, the cells are held against the best by the next run", async () => {
    const file = join(runs, "tiny-sweep", "sweep.json");
    const whole = JSON.parse(await readFile(file, "utf8"));
    const cut = whole.cells.map(({ againstBest: _, ...cell }: { againstBest?: unknown }) => cell);
    await writeFile(file, JSON.stringify({ ...whole, compared: false, cells: cut }));
    await aft(["run", "tests/e2e/sweep.yaml", "--runs", runs]);
    const { compared, cells: found } = JSON.parse(await readFile(file, "utf8"));
    expect(compared).toBe(true);
    expect(found).toEqual(whole.cells);
    expect(
      found.filter(({ againstBest }: { againstBest?: unknown }) => againstBest !== undefined),
    ).toHaveLength(2);
  });

  test("a damaged sweep.json is told as one", async () => {
    const folder = join(runs, "tiny-sweep");
    const text = await readFile(join(folder, "sweep.json"), "utf8");
    await writeFile(join(folder, "sweep.json"), text.slice(0, 100));
    const refused = await aft(["report", folder]);
    await writeFile(join(folder, "sweep.json"), text);
    expect([refused.exitCode, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("sweep.json is damaged or was written by another version");
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });

  test("the report is written anew from the folder alone", async () => {
    const folder = join(runs, "tiny-sweep");
    const [before, markdown] = [
      await readFile(join(folder, "report.html"), "utf8"),
      join(folder, "report.md"),
    ];
    expect(before).not.toContain("learningRate=1e+30");
    await Promise.all([
      rm(join(folder, "report.html")),
      rm(markdown),
      rm(join(folder, "charts"), { recursive: true }),
    ]);
    const again = await aft(["report", folder]);
    expect(again.stdout).toContain(`report: ${join(folder, "report.html")}`);
    expect(await readFile(join(folder, "report.html"), "utf8")).toBe(before);
    expect(await readFile(markdown, "utf8")).toContain("](charts/sweep-1.svg)");
    expect(await readdir(join(folder, "charts"))).toEqual([
      "cells-accuracy.svg",
      "cells-against-best.svg",
      "sweep-1.svg",
      "sweep-2.svg",
    ]);
  });

  test("a cell whose report is gone is told from one that is not done", async () => {
    const [folder, report] = [join(runs, "tiny-sweep"), join(runs, "tiny-sweep", cells[0]!, "report.json")];
    const text = await readFile(report, "utf8");
    await rm(report);
    const refused = await aft(["report", folder]);
    await writeFile(report, text);
    expect([refused.exitCode, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("a cell's report.json is not there");
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });

  test("a dry run says which stages are there, and which cell makes what is shared", async () => {
    const set = ["--set", "sweep.matrix.stages.sample.k=[2,4]", "--set", "sweep.exclude=[]"];
    const dry = await aft(["run", file, "--runs", runs, "--dry-run", "--json", ...set]);
    const found = JSON.parse(dry.stdout).cells.map(
      ({ cell, stages }: { cell: string; stages: { done: boolean; madeBy?: string }[] }) => [
        cell,
        stages.filter(({ done }) => done).length,
        stages.flatMap(({ madeBy }) => madeBy ?? []),
      ],
    );
    expect(found).toEqual([
      ["k=2,beta=0.1", 9, []],
      ["k=2,beta=0.2", 9, []],
      // Questions, base model, VFT, and the test questions' samples and judging are there.
      ["k=4,beta=0.1", 5, []],
      ["k=4,beta=0.2", 5, ["k=4,beta=0.1", "k=4,beta=0.1"]],
    ]);
  });

  test.each(["2", "k=2,beta=0.2"])("--cell %s is that cell alone, in the sweep's folder", async (cell) => {
    const one = await aft(["run", file, "--runs", runs, "--cell", cell, "--json"]);
    const found = JSON.parse(one.stdout);
    expect(found).toMatchObject({ run: join(runs, "tiny-sweep", "k=2,beta=0.2"), made: 0, reused: 9 });
    expect(found.cells).toBeUndefined();
    const anew = await temporaryFolder();
    const planned = await aft(["run", file, "--runs", anew, "--cell", cell, "--dry-run", "--json"]);
    expect(JSON.parse(planned.stdout).cells).toBeUndefined();
    expect(planned.stdout).toContain("align");
  });

  test("runs are listed and compared", async () => {
    const list = await aft(["runs", "list", "--runs", runs]);
    expect(list.stdout.match(/^tiny-sweep\/k=\d,beta=0\.\d /gm)).toHaveLength(3);
    const two = ["tiny-sweep/k=2,beta=0.1", "tiny-sweep/k=3,beta=0.1"];
    const compared = await aft(["runs", "compare", ...two, "--runs", runs, "--json"]);
    const { config, methods, sameQuestions } = JSON.parse(compared.stdout);
    expect(config).toEqual([{ path: "stages.sample.k", a: 2, b: 3 }]);
    expect(sameQuestions).toBe(true);
    expect(methods[0].metrics.accuracy).toMatchObject({ a: { n: 8 }, b: { n: 8 } });
    expect(methods[0].metrics.accuracy.p).toBeGreaterThan(0);
  });
});
