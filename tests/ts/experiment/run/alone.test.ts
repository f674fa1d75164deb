import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aloneIn } from "../../../../ts/experiment/run/alone.ts";
import { writeReport } from "../../../../ts/experiment/run/report.ts";

const folder = () => mkdtemp(join(tmpdir(), "aft-alone-"));

test("who comes second to a run's folder is refused, and told which process is at work there", async () => {
  const run = await folder();
  let end = (): void => {};
  const first = aloneIn(run, () => new Promise<string>((resolve) => (end = () => resolve("done"))));
  while (!existsSync(join(run, "run.lock"))) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = aloneIn(run, async () => "mixed");
  await expect(second).rejects.toMatchObject({
    exitCode: 1,
    problems: [
      {
        what: "another process works in this run's folder",
        where: run,
        found: `process ${process.pid}`,
        fix: expect.stringContaining("--set name="),
      },
    ],
  });
  end();
  expect(await first).toBe("done");
  expect(await aloneIn(run, async () => "again")).toBe("again");
  expect(await readdir(run)).toEqual([]);
});

test("what a killed run left of its report is taken away by the next one, and a cell's own files are not looked at", async () => {
  const run = await folder();
  const left = "report.json.4194304.0badcafe.tmp";
  for (const part of ["charts", "k=2"]) {
    await mkdir(join(run, part));
    await writeFile(join(run, part, left), "");
  }
  await writeFile(join(run, left), "");
  await aloneIn(run, async () => {});
  expect(await readdir(run)).toEqual(["charts", "k=2"]);
  expect(await readdir(join(run, "charts"))).toEqual([]);
  expect(await readdir(join(run, "k=2"))).toEqual([left]);
});

test("a report where there is no run writes nothing, not even a lock", async () => {
  const run = await folder();
  await expect(writeReport(run)).rejects.toThrow("not the folder of a finished run");
  expect(await readdir(run)).toEqual([]);
});
