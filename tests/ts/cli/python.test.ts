import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../../ts/core/project.ts";
import { coldAft } from "../../e2e/aft.ts";
import { folderOf } from "../data/files.ts";

test("aft python finds the worker's modules from any folder, before those of the same name elsewhere", async () => {
  const cwd = folderOf({ "mine/aft_worker.py": "", "mine/only_mine.py": "" });
  const script = "import aft_worker, only_mine; print(aft_worker.__file__)";
  const found = await coldAft(["python", "-c", script], { cwd, env: { PYTHONPATH: join(cwd, "mine") } });
  expect(found).toMatchObject({ exitCode: 0, stdout: join(projectRoot, "py/aft_worker/__init__.py") });
});
