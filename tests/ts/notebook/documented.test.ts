import { execa } from "execa";
import { expect, test } from "vitest";
import { findDeno } from "../../../ts/bridge/index.ts";
import { projectRoot } from "../../../ts/core/project.ts";

test("every export is documented with all its fields, and every type that one names is exported", async () => {
  const { all, exitCode } = await execa(findDeno(), ["doc", "-q", "--lint", "ts/notebook/index.ts"], {
    cwd: projectRoot,
    reject: false,
    all: true,
    env: { NO_COLOR: "1" },
  });
  expect(all).toBe("");
  expect(exitCode).toBe(0);
});

test("the sources are right by Deno's types too", async () => {
  const { exitCode, stderr } = await execa(findDeno(), ["check", "-q", "ts/notebook/index.ts"], {
    cwd: projectRoot,
    reject: false,
    env: { NO_COLOR: "1" },
  });
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});
