import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LoadedSweep, loadExperiment, loadFile } from "../../../ts/config/index.ts";
import { AftError } from "../../../ts/core/errors.ts";
import { errorOf, folderOf, smallest } from "./helpers.ts";

const lines = smallest.split("\n").length;

const loadSweep = async (sweep: string, set: readonly string[] = []): Promise<LoadedSweep> =>
  (await loadFile(join(folderOf({ "main.yaml": smallest + sweep }), "main.yaml"), { set })) as LoadedSweep;
const names = async (sweep: string, set: readonly string[] = []): Promise<string[]> =>
  (await loadSweep(sweep, set)).cells.map(({ cell }) => cell);
const sweepError = (sweep: string, set: readonly string[] = []): Promise<string> =>
  errorOf({ "main.yaml": smallest + sweep }, set);

describe("a sweep", () => {
  it("with a matrix is every combination, the first key slowest", async () => {
    const sweep = await loadSweep(
      "sweep: {matrix: {stages.sample.k: [3, 6], seeds: [[1], [2, 3]], stages.vft.learningRate: [1e-3]}}\n",
    );
    expect(sweep.cells.map(({ cell }) => cell)).toEqual([
      "k=3,seeds=1,learningRate=0.001",
      "k=3,seeds=2+3,learningRate=0.001",
      "k=6,seeds=1,learningRate=0.001",
      "k=6,seeds=2+3,learningRate=0.001",
    ]);
    const [, , , last] = sweep.cells;
    expect(last!.settings).toEqual({
      "stages.sample.k": 6,
      seeds: [2, 3],
      "stages.vft.learningRate": 0.001,
    });
    expect(last!.experiment).toMatchObject({ name: "small", seeds: [2, 3], stages: { sample: { k: 6 } } });
    expect(sweep.keys).toEqual(["stages.sample.k", "seeds", "stages.vft.learningRate"]);
    expect(sweep.best).toEqual({ metric: "accuracy" });
  });

  it("with pairs takes the lists together, beside a matrix with each of its combinations", async () => {
    const pairs = "pairs: {stages.sample.k: [3, 6], stages.sample.temperature: [1, 0.7]}";
    expect(await names(`sweep: {${pairs}}\n`)).toEqual(["k=3,temperature=1", "k=6,temperature=0.7"]);
    expect(await names(`sweep: {matrix: {seeds: [[1], [2]]}, ${pairs}}\n`)).toEqual([
      "seeds=1,k=3,temperature=1",
      "seeds=1,k=6,temperature=0.7",
      "seeds=2,k=3,temperature=1",
      "seeds=2,k=6,temperature=0.7",
    ]);
  });

  it("takes further cells in, and leaves out those that have all of an exclude's values", async () => {
    expect(
      await names(
        "sweep: {matrix: {stages.sample.k: [3, 6], seeds: [[1], [2]]}, exclude: [{stages.sample.k: 6, seeds: [1]}], include: [{stages.sample.k: 12}]}\n",
      ),
    ).toEqual(["k=3,seeds=1", "k=3,seeds=2", "k=6,seeds=2", "k=12"]);
  });

  it("is inherited, and changed by --set: one list, one key gone, no sweep at all", async () => {
    const folder = folderOf({
      "main.yaml": "extends: base.yaml\nsweep: {matrix: {stages.sample.k: [4]}}\n",
      "base.yaml": `${smallest}sweep: {matrix: {stages.sample.k: [3, 6], seeds: [[1], [2]]}}\n`,
    });
    const cells = async (...set: string[]) =>
      ((await loadFile(join(folder, "main.yaml"), { set })) as LoadedSweep).cells.map(({ cell }) => cell);
    expect(await cells()).toEqual(["k=4,seeds=1", "k=4,seeds=2"]);
    expect(await cells("sweep.matrix.stages.sample.k=[8]", "sweep.matrix.seeds=null")).toEqual(["k=8"]);
    expect(await loadFile(join(folder, "main.yaml"), { set: ["sweep=null"] })).toHaveProperty("experiment");
  });

  it("takes short forms and files as --set does, relative to the sweep's file", async () => {
    const folder = folderOf({
      "main.yaml": "extends: parts/base.yaml\n",
      "parts/base.yaml": `${smallest}sweep: {matrix: {model: [./a, ./b], stages.evaluate.k: [2], stages.sample.k: [3]}}\n`,
      "parts/a/config.json": "{}",
      "parts/b/config.json": "{}",
    });
    const { cells } = (await loadFile(join(folder, "main.yaml"))) as LoadedSweep;
    expect(cells.map(({ cell, experiment }) => [cell, experiment.model.path])).toEqual([
      ["model=a,evaluate.k=2,sample.k=3", join(folder, "parts/a")],
      ["model=b,evaluate.k=2,sample.k=3", join(folder, "parts/b")],
    ]);
  });

  it("gives each cell a YAML that is the same experiment by itself, under a name of its own", async () => {
    const { cells } = await loadSweep("sweep: {matrix: {stages.sample.temperature: [0.5, 1]}}\n");
    const folder = folderOf({ "cell.yaml": cells[0]!.yaml });
    const { experiment } = await loadExperiment(join(folder, "cell.yaml"));
    expect(experiment).toEqual({ ...cells[0]!.experiment, name: "small-temperature-0-5" });
  });

  it("names cells safely, in any case apart, and not too long", async () => {
    const found = await names(
      `sweep: {matrix: {description: ["../a b", "../A b", "${"long ".repeat(40)}", ""]}}\n`,
    );
    expect(found).toEqual([
      expect.stringMatching(/^description=a-b~[0-9a-f]{6}$/),
      expect.stringMatching(/^description=A-b~[0-9a-f]{6}$/),
      expect.stringMatching(/^description=long-long-long-long-long-long-lon~[0-9a-f]{6}$/),
      "description=empty",
    ]);
  });

  it("is refused where one experiment is wanted", async () => {
    const folder = folderOf({ "main.yaml": `${smallest}sweep: {matrix: {seeds: [[1], [2]]}}\n` });
    await expect(loadExperiment(join(folder, "main.yaml"))).rejects.toThrow(
      "this file is a sweep of 2 experiments, where one is wanted",
    );
    await expect(loadExperiment(join(folder, "main.yaml"))).rejects.toBeInstanceOf(AftError);
  });

  it("warns once of what holds for all cells, and names the cell of what holds for one", async () => {
    const { warnings } = await loadSweep("sweep: {matrix: {stages.sample.k: [1, 2]}}\n", [
      "methods.bc={method: aft, constraint: boundary, beta: 0.1}",
    ]);
    expect(warnings).toEqual([
      "stages.sample.k is 1: no question can have both a positive and a negative sample (cell k=1)",
    ]);
  });
});

describe("a mistake in a sweep names its place and what was meant", () => {
  it.each([
    [
      "an unknown key",
      "sweep: {matrix: {stages.smaple.k: [3]}}\n",
      `main.yaml:${lines}:18: unknown key "smaple" in stages\n  expected: one of vft, sample, judge, align, watch, evaluate\n  did you mean: sample`,
    ],
    [
      "an unknown method",
      "sweep: {matrix: {methods.mor.label: [a, b]}}\n",
      `main.yaml:${lines}:18: methods.mor.label: there is no method "mor"\n  expected: one of kept, more\n  did you mean: more`,
    ],
    [
      "an unknown part",
      "sweep: {matrx: {seeds: [[1]]}}\n",
      `main.yaml:${lines}:9: unknown key "matrx" in sweep\n  expected: one of matrix, pairs, include, exclude, best\n  did you mean: matrix`,
    ],
    [
      "a bad value, in its cell alone",
      "sweep: {matrix: {stages.sample.k: [3, 0]}}\n",
      `main.yaml:${lines}:39: bad value for stages.sample.k (cell k=0)\n  found: 0\n  expected: a whole number of at least 1`,
    ],
    [
      "values that do not go together, in their cell",
      "sweep: {matrix: {tasks.0.train: [100, 200]}, pairs: {stages.sample.questions: [150, 50], stages.sample.k: [2, 3]}}\n",
      `main.yaml:${lines}:80: stages.sample.questions: more than the 100 training questions that the task has (cell train=100,questions=150,k=2)\n  found: 150\n  expected: at most 100`,
    ],
    [
      "lists of unequal length",
      "sweep: {pairs: {stages.sample.k: [3, 6], stages.sample.temperature: [1]}}\n",
      `main.yaml:${lines}:42: sweep.pairs.stages.sample.temperature has 1 values, and sweep.pairs.stages.sample.k has 2\n  expected: lists of equal length: the first values go together, then the second ones, and so on`,
    ],
    [
      "an empty list",
      "sweep: {matrix: {stages.sample.k: []}}\n",
      `main.yaml:${lines}:35: sweep.matrix.stages.sample.k: an empty list\n  expected: a list with at least one value, such as [3, 6, 9]`,
    ],
    [
      "no list",
      "sweep: {pairs: {stages.sample.k: 3}}\n",
      `main.yaml:${lines}:34: sweep.pairs.stages.sample.k: not a list\n  found: 3\n  expected: a list with at least one value, such as [3, 6, 9]`,
    ],
    [
      "a value twice",
      "sweep: {matrix: {seeds: [[1], [1]]}}\n",
      `main.yaml:${lines}:31: sweep.matrix.seeds: a value is given twice\n  found: [1]\n  expected: values that all differ`,
    ],
    [
      "a key in both",
      "sweep: {matrix: {seeds: [[1]]}, pairs: {seeds: [[2]]}}\n",
      `main.yaml:${lines}:41: sweep.pairs.seeds: the matrix has this key too\n  expected: each key in one of them`,
    ],
    [
      "the name",
      "sweep: {matrix: {name: [a, b]}}\n",
      `main.yaml:${lines}:18: name cannot vary in a sweep\n  expected: a setting of the experiment\n  fix: remove it: each cell is named by what it sets`,
    ],
    [
      "no key",
      "sweep: {matrix: {stages..k: [1]}}\n",
      `main.yaml:${lines}:18: not a key: "stages..k"\n  expected: a key as --set takes it, such as stages.sample.k`,
    ],
    [
      "an include that is a cell already",
      "sweep: {matrix: {stages.sample.k: [3, 6]}, include: [{stages.sample.k: 6}]}\n",
      `main.yaml:${lines}:54: this cell is the same experiment as the cell k=6\n  found: {"stages.sample.k":6}\n  expected: cells that all differ`,
    ],
    [
      "an exclude that matches nothing",
      "sweep: {matrix: {stages.sample.k: [3, 6]}, exclude: [{stages.sample.k: 9}]}\n",
      `main.yaml:${lines}:54: sweep.exclude: no cell has all of these values\n  found: {"stages.sample.k":9}\n  expected: keys and values of cells that are to be left out`,
    ],
    [
      "an exclude of what does not vary",
      "sweep: {matrix: {stages.sample.k: [3, 6]}, exclude: [{stages.sample.kk: 3}]}\n",
      `main.yaml:${lines}:55: sweep.exclude: stages.sample.kk is no key of the sweep's matrix or pairs\n  expected: stages.sample.k\n  did you mean: stages.sample.k`,
    ],
    [
      "excluding everything",
      "sweep: {matrix: {seeds: [[1]]}, exclude: [{seeds: [1]}]}\n",
      `main.yaml:${lines}:42: every cell is excluded`,
    ],
    [
      "nothing",
      "sweep: {}\n",
      `main.yaml:${lines}:8: a sweep of nothing\n  expected: matrix, pairs or include: keys and the values that they take`,
    ],
    [
      "too many cells",
      `sweep: {matrix: {seeds: [${Array.from({ length: 40 }, (_, at) => `[${at}]`)}], stages.sample.k: [${Array.from({ length: 40 }, (_, at) => at + 1)}]}}\n`,
      `main.yaml:${lines}:8: a sweep of 1600 cells\n  expected: at most 1000 cells`,
    ],
    [
      "the best of no method",
      "sweep: {matrix: {seeds: [[1]]}, best: {method: mre}}\n",
      `main.yaml:${lines}:48: sweep.best.method: there is no method "mre"\n  expected: one of kept, more\n  did you mean: more`,
    ],
    [
      "the best by no metric",
      "sweep: {matrix: {seeds: [[1]]}, best: {metric: acuracy}}\n",
      `main.yaml:${lines}:48: bad value for sweep.best.metric\n  found: "acuracy"\n  expected: one of accuracy, sampledAccuracy, majority, passAtMost, assessmentMicro, assessmentMacro\n  did you mean: accuracy`,
    ],
  ])("%s", async (_, sweep, message) => {
    const found = folderOf({ "main.yaml": smallest + sweep });
    await expect(
      loadFile(join(found, "main.yaml")).then(
        () => "no error",
        (error: Error) => error.message.replaceAll(`${found}/`, ""),
      ),
    ).resolves.toBe(message);
  });

  it("what is wrong in the experiment itself is told once, without a cell", async () => {
    expect(await sweepError("seed: [1]\nsweep: {matrix: {stages.sample.k: [3, 6]}}\n")).toMatch(
      /^main\.yaml:10:1: unknown key "seed"\n/,
    );
  });

  it("a --set that the sweep overrides says so", async () => {
    expect(await sweepError("sweep: {matrix: {stages.sample.k: [3, 6]}}\n", ["stages.sample.k=9"])).toBe(
      "(--set stages.sample.k=9): has no effect: the sweep sets stages.sample.k in every cell\n  fix: --set 'sweep.matrix.stages.sample.k=[...]' replaces the sweep's own list",
    );
  });
});
