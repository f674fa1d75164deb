import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { view } from "../../../ts/cli/view.ts";
import { type Recorded, recordedRuns } from "../view/recorded.ts";

let recorded: Recorded;
beforeAll(async () => {
  recorded = await recordedRuns();
});
afterAll(() => rm(recorded.runs, { recursive: true }));

const call = (values: object) =>
  view.handler({ only: [], runs: recorded.runs, port: undefined, open: false, bundle: undefined, ...values });

test.each<[string, object, RegExp]>([
  [
    "no folder of runs",
    { runs: "/none/of/these" },
    /\/none\/of\/these: no such folder\n {2}expected: a folder of runs/,
  ],
  [
    "no run of this name",
    { only: ["don"] },
    /: no run and no sweep of this name\n {2}found: "don"\n.*\n {2}did you mean: done$/,
  ],
  [
    "a port that there is not",
    { port: 70_000 },
    /^--port: no such port\n {2}found: 70000\n {2}expected: 1 to 65535$/,
  ],
  [
    "--bundle with --port",
    { bundle: "x", port: 80 },
    /^--port: --bundle writes files and serves nothing\n {2}fix: /,
  ],
  [
    "--bundle with --open",
    { bundle: "x", open: true },
    /^--open: --bundle writes files and serves nothing\n/,
  ],
  [
    "no folder of runs for --bundle",
    { bundle: "x", runs: "/none/of/these" },
    /\/none\/of\/these: no such folder/,
  ],
])("%s is refused in a few words", async (_, values, message) => {
  await expect(call(values)).rejects.toThrow(message);
});

test("a run may be named by its folder, and a sweep brings its cells", async () => {
  const to = await mkdtemp(join(tmpdir(), "aft-bundle-"));
  let printed = "";
  const write = process.stdout.write;
  process.stdout.write = (text: unknown) => {
    printed += text;
    return true;
  };
  try {
    await call({ only: [join(recorded.runs, "done"), "sweep"], bundle: join(to, "site") });
  } finally {
    process.stdout.write = write;
  }
  expect(printed).toMatch(
    /site: 2 runs, 1 pair of runs side by side, \d+ files, \d\.\d MB; open index\.html/,
  );
  await rm(to, { recursive: true });
});
