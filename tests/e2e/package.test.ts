import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { browserScript } from "../../ts/analysis/generated/browser.ts";
import { projectRoot, version } from "../../ts/core/project.ts";
import { syntheticRun } from "../ts/analysis/synthetic.ts";

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

describe("a program", () => {
  const program = [
    'import { assess, loadRun, startWorker, plot, type Group, type LiveWorker, version } from "aft";',
    "const groups: Group[] = [];",
    "const questions: number = assess(groups).questions;",
    "console.log(questions, version, typeof startWorker);",
    'await loadRun("nothing").catch((error: Error) => console.log(error.name));',
    "export const ends = async (worker: LiveWorker) => worker[Symbol.asyncDispose]();",
    'export const chart = () => plot({ marks: [], x: { label: "score" } }, { title: "Right by score" });',
  ];
  const compile = (...flags: string[]) =>
    execa(
      join(projectRoot, "node_modules", ".bin", "tsc"),
      ["--module", "NodeNext", "--target", "ES2023", "--strict", ...flags, "program.ts"],
      { cwd: elsewhere, reject: false },
    );
  beforeAll(async () => {
    await writeFile(join(elsewhere, "program.ts"), program.join("\n"));
    await writeFile(join(elsewhere, "package.json"), '{"type":"module"}');
  });

  test("imports the library, its types too, and the protocol is found", async () => {
    // The declaration files are checked as well: none needs types that an install does not bring.
    expect((await compile("--types", "")).stdout).toBe("");
    const { stdout } = await execa("node", ["program.js"], { cwd: elsewhere });
    expect(stdout).toBe(`0 ${version} function\nAftError`);
  });

  test("has the same types where it has Node's and not the browser's", async () => {
    await mkdir(join(elsewhere, "node_modules", "@types"), { recursive: true });
    for (const path of ["node_modules/@types/node", "node_modules/undici-types"])
      await symlink(join(projectRoot, path), join(elsewhere, path));
    expect((await compile("--lib", "ES2023", "--types", "node", "--noEmit")).stdout).toBe("");
  });
});

test("a report that is written there holds the questions' browser", async () => {
  const run = syntheticRun({ questions: 3 });
  await writeFile(join(elsewhere, "run.json"), JSON.stringify(run));
  await writeFile(
    join(elsewhere, "report.js"),
    'import { readFileSync } from "node:fs";\n' +
      'import { renderReport, summarise } from "./node_modules/aft/dist/analysis/index.js";\n' +
      'const run = JSON.parse(readFileSync("run.json", "utf8"));\n' +
      "console.log(renderReport(run, summarise(run, 5)).html);\n",
  );
  const { stdout } = await execa("node", ["report.js"], { cwd: elsewhere });
  expect(stdout).toContain('id="data-index"');
  expect(stdout).toContain(browserScript);
});

test("its Python lies in the user's cache, named by its pins, and not in node_modules", async () => {
  await writeFile(
    join(elsewhere, "where.js"),
    'import { environmentFolder } from "./node_modules/aft/dist/bridge/virtual-environment.js";\n' +
      'console.log(environmentFolder({ name: "python", folder: ".venv" }, "0123456789abcdef"));\n',
  );
  const env = { AFT_CACHE: join(elsewhere, "cache") };
  const { stdout } = await execa("node", ["where.js"], { cwd: elsewhere, env });
  expect(stdout).toBe(join(elsewhere, "cache", "python-0123456789ab"));
  expect(await readdir(installed())).not.toContain(".venv");
});
