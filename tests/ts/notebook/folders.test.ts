import { mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { projectRoot } from "../../../ts/core/project.ts";
import { listRuns, loadRun, runsFolder } from "../../../ts/notebook/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "aft-runs-")));
  for (const name of ["second", "first"]) {
    await mkdir(join(folder, "runs", name), { recursive: true });
    await writeFile(join(folder, "runs", name, "run.json"), "{}");
  }
  await mkdir(join(folder, "runs", "artefacts"));
  await mkdir(join(folder, "deep", "down"), { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
const standIn = (path: string) => vi.spyOn(process, "cwd").mockReturnValue(path);

test("runs are found from a folder far below them", async () => {
  standIn(join(folder, "deep", "down"));
  expect(runsFolder()).toBe(join(folder, "runs"));
  expect(await listRuns()).toEqual(["first", "second"]);
});

test("a named folder comes before AFT_RUNS, which comes before the nearest", () => {
  standIn(folder);
  vi.stubEnv("AFT_RUNS", "/elsewhere");
  expect(runsFolder()).toBe("/elsewhere");
  expect(runsFolder("/named")).toBe("/named");
});

test("where there are no runs yet, they will lie in this project for its notebooks, else here", async () => {
  const empty = await realpath(await mkdtemp(join(tmpdir(), "aft-empty-")));
  standIn(empty);
  expect(runsFolder()).toBe(join(empty, "runs"));
  expect(await listRuns()).toEqual([]);
  standIn(join(projectRoot, "experiments", "notebooks"));
  expect(runsFolder()).toBe(join(projectRoot, "runs"));
});

test("an unknown run names those there are and the nearest", async () => {
  const error = await loadRun("frist", { runs: join(folder, "runs") }).catch((caught: Error) => caught);
  expect((error as Error).message).toBe(
    [
      `${join(folder, "runs")}: there is no finished run of this name`,
      '  found: "frist"',
      "  expected: one of first, second",
      "  did you mean: first",
      "  fix: run its experiment first: aft run EXPERIMENT.yaml; runs elsewhere are found by { runs: FOLDER } or AFT_RUNS",
    ].join("\n"),
  );
});

test("a path is taken as it is, and a damaged record is told", async () => {
  await expect(loadRun(join(folder, "runs", "first"))).rejects.toThrow("run.json is damaged");
  await expect(loadRun(join(folder, "nowhere"))).rejects.toThrow("not the folder of a finished run");
});
