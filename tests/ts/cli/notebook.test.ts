import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf, jupyterArguments } from "../../../ts/cli/notebook.ts";
import { projectRoot } from "../../../ts/core/project.ts";

test("this project's notebooks are opened where no folder is named", () => {
  expect(folderOf(undefined)).toBe(join(projectRoot, "experiments", "notebooks"));
  expect(folderOf("ts")).toBe(join(projectRoot, "ts"));
  expect(() => folderOf("nowhere")).toThrow(
    /nowhere: no such folder\n {2}expected: a folder with notebooks$/,
  );
});

test("Jupyter is told the folder, the port, and not to open a browser when that is not wanted", () => {
  expect(jupyterArguments("/n", { browser: true, port: 1234 }, false)).toEqual([
    "--ServerApp.root_dir=/n",
    "--ServerApp.port=1234",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
    "--KernelManager.shutdown_wait_time=1",
  ]);
  expect(jupyterArguments("/n", { browser: false, port: 1 }, true).slice(5)).toEqual([
    "--no-browser",
    "--allow-root",
  ]);
});
