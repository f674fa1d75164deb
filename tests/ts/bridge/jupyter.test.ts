import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { findDeno, writeKernel } from "../../../ts/bridge/index.ts";
import { cacheFolder } from "../../../ts/bridge/virtual-environment.ts";
import { projectRoot } from "../../../ts/core/project.ts";

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), "aft-jupyter-"));

test("Deno is the one of this project's packages, and runs", async () => {
  const deno = findDeno();
  expect(deno.startsWith(join(projectRoot, "node_modules"))).toBe(true);
  expect((await execa(deno, ["--version"])).stdout).toMatch(/^deno 2\./);
});

test("without the package it is the first on the PATH", async () => {
  const [empty, bin] = [await temporary(), await temporary()];
  await writeFile(join(bin, "deno"), "#!/bin/sh\n");
  await chmod(join(bin, "deno"), 0o755);
  expect(findDeno([empty], [empty, bin].join(delimiter))).toBe(join(bin, "deno"));
});

test("without any, the error says how to get one", async () => {
  const empty = await temporary();
  expect(() => findDeno([empty], empty)).toThrow(
    "notebooks run on Deno, which is not here\n" +
      "  expected: the npm package deno in this project, or a program deno on the PATH\n" +
      "  fix: npm install --save-dev deno",
  );
});

test("the kernel is described in a folder of its own", async () => {
  const folder = await temporary();
  await mkdir(join(folder, "kernels"));
  await writeKernel(folder, "/bin/deno");
  const spec = JSON.parse(await readFile(join(folder, "kernels", "deno", "kernel.json"), "utf8"));
  expect(spec).toMatchObject({
    argv: ["/bin/deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
    language: "typescript",
  });
});

test.each([
  [{ AFT_CACHE: "/a/b", XDG_CACHE_HOME: "/x" }, "linux", /^\/a\/b$/],
  [{ XDG_CACHE_HOME: "/x" }, "linux", /^\/x\/aft$/],
  [{}, "linux", /\/\.cache\/aft$/],
  [{}, "darwin", /\/Library\/Caches\/aft$/],
])("an installed aft keeps its Python in the user's cache: %j on %s", (env, platform, expected) => {
  expect(cacheFolder(env, platform)).toMatch(expected);
});
