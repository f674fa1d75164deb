import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test, vi } from "vitest";
import { projectRoot, version } from "../../ts/core/project.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

/** A folder of another project with aft installed: unpacked, beside the packages that an install would bring. */
let elsewhere: string;
let packed: string[];
const installed = (...path: string[]): string => join(elsewhere, "node_modules", "aft", ...path);
const aft = (...args: string[]) =>
  execa("node", [installed("ts", "cli", "bin.mjs"), ...args], { cwd: elsewhere, reject: false });

beforeAll(async () => {
  elsewhere = await realpath(await mkdtemp(join(tmpdir(), "aft-installed-")));
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", elsewhere], {
    cwd: projectRoot,
  });
  const [{ files, filename }] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as [
    { files: { path: string }[]; filename: string },
  ];
  packed = files.map(({ path }) => path);
  await mkdir(installed(), { recursive: true });
  await execa("tar", ["xzf", join(elsewhere, filename), "--strip-components=1", "-C", installed()]);
  const lock = JSON.parse(await readFile(join(projectRoot, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  const needed = Object.entries(lock.packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(join(projectRoot, path)));
  for (const path of needed) {
    await mkdir(dirname(join(elsewhere, path)), { recursive: true });
    await symlink(join(projectRoot, path), join(elsewhere, path));
  }
});

test("holds what runs and no tests, notebooks, caches or sources that Node cannot run", () => {
  expect(packed).toEqual(
    expect.arrayContaining([
      "README.md",
      "ts/cli/bin.mjs",
      "dist/cli/main.js",
      "dist/notebook/index.d.ts",
      "dist/bridge/generated/protocol.schema.json",
      "py/aft_worker/__main__.py",
      "py/constraints.txt",
      "configs/schema/experiment.schema.json",
      "experiments/quickstart.yaml",
    ]),
  );
  expect(packed.filter((path) => /^tests|__pycache__|\.ipynb$|(?<!\.d)\.ts$|^runs/.test(path))).toEqual([]);
});

test("aft runs there without the packages of development", async () => {
  expect((await aft("--version")).stdout).toBe(version);
  const { stdout, stderr } = await aft("validate", "node_modules/aft/experiments/miniature.yaml");
  expect(stderr).toBe("");
  expect(stdout).toContain('is valid: experiment "miniature", 6 methods');
});

test("a program imports the library, its types too, and the protocol is found", async () => {
  const program = [
    'import { assess, loadRun, startWorker, type Group, version } from "aft";',
    "const groups: Group[] = [];",
    "const questions: number = assess(groups).questions;",
    "console.log(questions, version, typeof startWorker);",
    'await loadRun("nothing").catch((error: Error) => console.log(error.name));',
  ];
  await writeFile(join(elsewhere, "program.ts"), program.join("\n"));
  await writeFile(join(elsewhere, "package.json"), '{"type":"module"}');
  const flags = ["--module", "NodeNext", "--target", "ES2023", "--strict", "--skipLibCheck", "--types", ""];
  const tsc = join(projectRoot, "node_modules", ".bin", "tsc");
  const compiled = await execa(tsc, [...flags, "program.ts"], { cwd: elsewhere, reject: false });
  expect(compiled.stdout).toBe("");
  const { stdout } = await execa("node", ["program.js"], { cwd: elsewhere });
  expect(stdout).toBe(`0 ${version} function\nAftError`);
});

test("its Python lies in the user's cache, named by its pins, and not in node_modules", async () => {
  await writeFile(
    join(elsewhere, "where.js"),
    'import { environmentFolder } from "./node_modules/aft/dist/bridge/own-environment.js";\n' +
      'console.log(environmentFolder({ name: "python", folder: ".venv" }, "0123456789abcdef"));\n',
  );
  const env = { AFT_CACHE: join(elsewhere, "cache") };
  const { stdout } = await execa("node", ["where.js"], { cwd: elsewhere, env });
  expect(stdout).toBe(join(elsewhere, "cache", "python-0123456789ab"));
  expect(await readdir(installed())).not.toContain(".venv");
});
