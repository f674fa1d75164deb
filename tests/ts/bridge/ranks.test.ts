import { describe, expect, test } from "vitest";
import { WorkerDied } from "../../../ts/bridge/index.ts";
import { ranksOf, workerArguments } from "../../../ts/bridge/ranks.ts";

describe("where ranks meet", () => {
  test("one process is none", () => {
    expect(ranksOf({}, 0, {})).toBeUndefined();
    expect(ranksOf({ devices: 1, nodes: 1 }, 0, { MASTER_ADDR: "a", MASTER_PORT: "1" })).toBeUndefined();
  });

  test("those of one machine need no place", () => {
    expect(ranksOf({ devices: 4 }, 0, {})).toMatchObject({ devices: 4, nodes: 1, nodeRank: 0 });
  });

  test("several machines meet where the settings say, else where torchrun or SLURM have set", () => {
    const env = { MASTER_ADDR: "first", MASTER_PORT: "29500" };
    const given = { devices: 8, nodes: 2, rendezvous: "host:1" };
    expect(ranksOf(given, 1, env)).toMatchObject({ nodeRank: 1, rendezvous: "host:1" });
    expect(ranksOf({ devices: 8, nodes: 2 }, 0, env)).toMatchObject({ rendezvous: "first:29500" });
    for (const rendezvous of [undefined, "host", "host:port"])
      expect(() => ranksOf({ devices: 8, nodes: 2, rendezvous }, 0, {})).toThrow(
        /worker.nodes is 2, and where/,
      );
  });
});

test("the worker's words: threads of the machine, which its ranks share out", () => {
  expect(workerArguments(undefined, undefined)).toEqual([]);
  expect(workerArguments(3, undefined)).toEqual(["--threads", "3"]);
  const words = workerArguments(8, ranksOf({ devices: 2, nodes: 2, rendezvous: "h:1" }, 1, {}));
  expect(words.join(" ")).toContain("--threads 8 --devices 2 --nodes 2");
  expect(words.join(" ")).toContain("--rendezvous h:1");
  expect(words.join(" ")).toContain("--node-rank 1");
});

describe("which rank was lost is told in a line", () => {
  const how = (...stderr: string[]) => new WorkerDied({ code: 1, signal: null, stderr }).how;
  const cut = "[rank 0 on a] aft_worker: rank 0 on a ends: an exchange with the other ranks failed (closed)";
  const last = "aft_worker: rank 0 on a ended with exit code 1, and all others with it";

  test.each([
    [
      "[rank 0 on a] aft_worker: rank 0 on a ends: rank 1 on b has given no sign of life for 60 s: it was stopped",
      "rank 1 on b has given no sign of life for 60 s",
    ],
    [
      "[machine 1, b] aft_worker: rank 1 on b ended by SIGKILL, and all others with it",
      "rank 1 on b ended by SIGKILL",
    ],
    [
      "[rank 0 on a] aft_worker: rank 0 on a ends: rank 2, 3 of machine 1 has not come within 600 s: it was",
      "rank 2, 3 of machine 1 has not come within 600 s",
    ],
  ])("%s", (line, rank) => {
    expect(how(cut, line, last)).toBe(`ended with exit code 1: ${rank}`);
  });

  test("and where no other is named, how the worker ended is all", () => {
    expect(how(cut, last)).toBe("ended with exit code 1");
  });
});
