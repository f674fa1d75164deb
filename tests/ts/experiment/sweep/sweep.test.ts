import { describe, expect, test } from "vitest";
import { bestOf, type CellResult } from "../../../../ts/analysis/index.ts";
import type { Experiment } from "../../../../ts/config/index.ts";
import { AftError, inputError } from "../../../../ts/core/errors.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { checkJobs, placement } from "../../../../ts/experiment/sweep/lanes.ts";
import type { PlannedCell } from "../../../../ts/experiment/sweep/plan.ts";
import { errorInOneLine } from "../../../../ts/experiment/sweep/results.ts";
import { missingStages, nextCell } from "../../../../ts/experiment/sweep/schedule.ts";
import { SweepState } from "../../../../ts/experiment/sweep/state.ts";

/** A cell of stages named `vft:1`: the kind, then what tells it from others. */
const cellOf = (cell: string, ...keys: string[]): PlannedCell =>
  ({
    cell,
    stages: keys.map((key) => ({ key, stage: key.split(":")[0], label: key, directory: key })),
  }) as unknown as PlannedCell;

const cells = [
  cellOf("seed 1, k 3", "vft:1", "sample:1-3", "align:1-3"),
  cellOf("seed 1, k 6", "vft:1", "sample:1-6", "align:1-6"),
  cellOf("seed 2, k 3", "vft:2", "sample:2-3", "align:2-3"),
  cellOf("seed 2, k 6", "vft:2", "sample:2-6", "align:2-6"),
];

describe("the next cell", () => {
  test("is the first that waits for nothing which is being made", () => {
    const [first, second, third, fourth] = cells as [PlannedCell, PlannedCell, PlannedCell, PlannedCell];
    expect(nextCell(cells, [], new Set())).toBe(first);
    expect(nextCell([second, third, fourth], [first], new Set())).toBe(third);
    expect(nextCell([second, fourth], [first, third], new Set())).toBe(second);
    expect(nextCell([second, fourth], [first], new Set(["vft:1"]))).toBe(second);
    expect(nextCell([], [first], new Set())).toBeUndefined();
  });
});

test("the stages that unfinished cells lack, each once", () => {
  const missing = [...missingStages(cells.slice(0, 2), new Set(["vft:1"]))].map(({ key }) => key);
  const all = cells.slice(0, 2).flatMap(({ stages }) => stages.map(({ key }) => key));
  expect(missing).toEqual([...new Set(all)].filter((key) => key !== "vft:1"));
  expect(missing.length).toBeLessThan(all.length - 1);
});

const worker = (settings: Partial<Experiment["worker"]> = {}): Experiment["worker"] => ({
  device: "auto",
  devices: 1,
  nodes: 1,
  sharding: "auto",
  rankSeconds: 60,
  transport: "stdio",
  maxTokensPerBatch: 1,
  sampler: "auto",
  ...settings,
});

describe("several cells at a time", () => {
  test("are spread over the GPUs where the device is auto, and nowhere else", () => {
    const { on, warnings } = placement(2, [worker()], ["cpu", "cuda:0", "cuda:1"], 8);
    expect([0, 1, 2].map((lane) => on(lane, worker()).device)).toEqual(["cuda:0", "cuda:1", "cuda:0"]);
    expect(on(1, worker({ device: "cuda:0" })).device).toBe("cuda:0");
    expect(warnings).toEqual([]);
    expect(placement(1, [worker()], ["cuda:0", "cuda:1"], 8).on(0, worker()).device).toBe("auto");
    expect(placement(2, [worker()], ["cuda:0"], 8).warnings).toEqual([
      "2 cells at a time on 1 GPU: they share",
    ]);
  });

  test("are warned about where their threads are more than the cores", () => {
    expect(placement(3, [worker({ threads: 4 })], ["cpu"], 8).warnings).toEqual([
      "3 cells at a time with 4 threads each on 8 cores slow each other down: --set worker.threads=2 is better",
    ]);
    expect(placement(2, [worker({ threads: 4 })], ["cpu"], 8).warnings).toEqual([]);
    expect(placement(2, [worker()], [], 8).warnings).toHaveLength(1);
    expect(placement(1, [worker()], [], 8).warnings).toEqual([]);
  });

  test("need processes of their own", () => {
    expect(() => checkJobs(2, [worker({ transport: "pythonia" })])).toThrow("one cell at a time");
    expect(() => checkJobs(1, [worker({ transport: "pythonia" })])).not.toThrow();
  });
});

test("a stage that failed in one cell is not tried again in another, unless the user stopped it", () => {
  const event = { label: "vft seed 1", key: "vft:1", stage: "vft" as const, at: 1, total: 3 };
  const [a, b] = cells as [PlannedCell, PlannedCell];
  const failed = (signal: AbortSignal): SweepState => {
    const progress = {
      ...silent,
      progressOf: () => silent,
      ...{ changed() {}, made() {}, ended() {} },
    };
    const there = new Set<string>();
    const state = new SweepState({
      sweep: "x",
      cells,
      there,
      outcomes: new Map(),
      jobs: 2,
      progress,
      signal,
    });
    state.stage(a, { ...event, kind: "fail" });
    return state;
  };
  const state = failed(new AbortController().signal);
  for (const kind of ["begin", "make"] as const)
    expect(() => state.stage(b, { ...event, kind })).toThrow(
      "vft seed 1: not tried again: it failed in the cell seed 1, k 3",
    );
  expect(() => failed(AbortSignal.abort()).stage(b, { ...event, kind: "begin" })).not.toThrow();
});

const result = (cell: string, ...rows: [method: string, accuracy: number | null][]): CellResult => ({
  cell,
  settings: {},
  status: "done",
  run: cell,
  seeds: [1],
  split: "test",
  methods: rows.map(([name, value]) => ({
    name,
    label: name.toUpperCase(),
    role: "other",
    metrics: { accuracy: { value, interval: null, n: 50 } },
  })),
});

test("the best cell is the highest of all methods or of one, the first of equals, none without a number", () => {
  const results = [
    result("x", ["a", 0.5], ["b", 0.4]),
    result("y", ["a", 0.3], ["b", 0.4]),
    result("z", ["a", null]),
  ];
  expect(bestOf(results, { metric: "accuracy" })).toEqual({
    metric: "accuracy",
    cell: "x",
    method: "a",
    label: "A",
    value: 0.5,
    interval: null,
    n: 50,
    among: 4,
  });
  expect(bestOf(results, { metric: "accuracy", method: "b" })).toMatchObject({
    cell: "x",
    method: "b",
    among: 2,
  });
  expect(bestOf(results, { metric: "majority" })).toBe(null);
});

test("a failed cell's error fits in a line", () => {
  const error = inputError([
    { what: "bad row\nof two lines", where: "groups.jsonl:3", found: { a: 1 } },
    { what: "another" },
  ]);
  expect(errorInOneLine(error)).toBe('groups.jsonl:3: bad row (found: {"a":1}) (and 1 more)');
  expect(errorInOneLine(new TypeError("x is undefined"))).toBe("a bug in aft: TypeError: x is undefined");
  expect(error).toBeInstanceOf(AftError);
});
