/**
 * What is shipped is what is tried: the packed file, installed in another project, from its first command to what a
 * run leaves. `npm install` needs a registry, so the file is unpacked as npm does, beside the packages it would bring.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { browserScript } from "../../ts/analysis/generated/browser.ts";
import { findDeno } from "../../ts/bridge/index.ts";
import { projectRoot, version } from "../../ts/core/project.ts";
import { firstLine } from "../e2e/aft.ts";
import { notebookRunner } from "../notebooks/execute.ts";
import { syntheticRun } from "../ts/analysis/synthetic.ts";
import { warmEnvironment } from "../warm/warm.ts";
import { filesReadBy, holds } from "./files-read.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

/** A folder of another project with aft installed. */
let elsewhere: string;
let packed: string[];
const installed = (...path: string[]): string => join(elsewhere, "node_modules", "aft", ...path);
/** As one types it in that project. */
const aft = async (...args: string[]) =>
  execa("npx", ["--no-install", "aft", ...args], {
    cwd: elsewhere,
    reject: false,
    env: await warmEnvironment(),
  });

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
  await mkdir(join(elsewhere, "node_modules", ".bin"));
  await symlink(installed("ts", "cli", "bin.mjs"), join(elsewhere, "node_modules", ".bin", "aft"));
  await writeFile(
    join(elsewhere, "package.json"),
    `{"type":"module","dependencies":{"aft":"file:${filename}"}}`,
  );
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

test("holds every file that its own code looks for by a path", async () => {
  const { files, unread } = await filesReadBy(installed());
  expect(unread).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(["dist/bridge/generated/protocol.schema.json", "py", "py/requirements*.txt"]),
  );
  // The command looks whether there are sources (and their settings), and this project's notebooks: here are none.
  const missing = files.filter((file) => !holds(packed, file));
  expect(missing).toEqual(["experiments/notebooks", "ts/cli/main.ts", "tsconfig.json"]);
});

test("aft runs there without the packages of development", async () => {
  expect((await aft("--version")).stdout).toBe(version);
  // By the name that the guide uses, and as the beginning of a file of one's own.
  await writeFile(join(elsewhere, "mine.yaml"), "extends: experiments/miniature.yaml\nname: mine\n");
  expect((await aft("validate", "mine.yaml")).stdout).toContain('is valid: experiment "mine", 6 methods');
  const { stdout, stderr } = await aft("validate", "experiments/miniature.yaml");
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

describe("the first ten minutes", () => {
  const miniature = "experiments/miniature.yaml";
  beforeAll(async () => {
    expect(await aft("run", miniature)).toMatchObject({ exitCode: 0 });
  });

  test("the run has its report, which can be written anew", async () => {
    const report = join(elsewhere, "runs", "miniature", "report.html");
    const html = await readFile(report, "utf8");
    expect(html).toContain(browserScript);
    expect(await aft("report", "runs/miniature")).toMatchObject({ exitCode: 0 });
    expect(await readFile(report, "utf8")).toBe(html);
  });

  test("the same command does nothing twice", async () => {
    const artefacts = join(elsewhere, "runs", "artefacts");
    const written = async () => {
      const names = (await readdir(artefacts, { recursive: true })).sort();
      return Promise.all(names.map(async (name) => [name, (await stat(join(artefacts, name))).mtimeMs]));
    };
    const before = await written();
    expect(before.length).toBeGreaterThan(40);
    expect(await aft("run", miniature)).toMatchObject({ exitCode: 0 });
    expect(await written()).toEqual(before);
  });

  test("doctor finds nothing wrong", async () => {
    expect((await aft("doctor")).stdout).toContain("nothing is wrong");
  });

  test("its pages are served to this machine, and written as a site", async () => {
    const written = await aft("view", "--bundle", "site");
    expect(written).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(elsewhere, "site", "index.html"), "utf8")).toContain("miniature");
    const serving = execa("node", [installed("ts", "cli", "bin.mjs"), "view"], {
      cwd: elsewhere,
      reject: false,
    });
    try {
      const address = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(await firstLine(serving))![0];
      expect(await (await fetch(address)).text()).toContain("miniature");
    } finally {
      serving.kill("SIGINT");
      await serving;
    }
  });

  test("weights and data are exported", async () => {
    expect(await aft("export", "runs/miniature", "--to", "model", "--method", "aft-bc")).toMatchObject({
      exitCode: 0,
    });
    expect(await readdir(join(elsewhere, "model"))).toEqual(
      expect.arrayContaining(["README.md", "config.json", "model.safetensors", "tokenizer.json"]),
    );
    const { stdout } = await aft("export", "runs/miniature", "--to", "data", "--data", "groups");
    expect(stdout).toBe("data");
    const rows = (await readFile(join(elsewhere, "data", "train.jsonl"), "utf8")).trim().split("\n");
    expect(rows.length).toBe(40);
  });

  test("Deno runs the command and the library, with a live worker", async () => {
    const deno = async (...args: string[]) =>
      execa(findDeno(), ["run", "--allow-all", ...args], { cwd: elsewhere, env: await warmEnvironment() });
    const { stdout: compared } = await deno("node_modules/aft/ts/cli/bin.mjs", "runs", "list");
    expect(compared).toContain("miniature");
    await writeFile(
      join(elsewhere, "live.ts"),
      'import { loadRun, startWorker } from "aft";\n' +
        'const run = await loadRun("miniature");\n' +
        "await using worker = await startWorker({ threads: 1 });\n" +
        'const model = await worker.loadModel(run.checkpoint("aft-bc"));\n' +
        'const samples = await model.sample(run.predictions("aft-bc")[0]!.prompt, { k: 2, maxNewTokens: 8 });\n' +
        "console.log(run.methods.length, samples.length);\n",
    );
    expect((await deno("live.ts")).stdout).toBe("6 2");
  });

  test("a notebook on Deno's kernel imports the library and shows its charts", async () => {
    const source = [
      'import { accuracyChart, loadRun } from "aft";\n',
      'const run = await loadRun("miniature");\n',
      "accuracyChart(run);",
    ];
    const cell = { cell_type: "code", id: "a", execution_count: null, metadata: {}, outputs: [], source };
    const kernel = { display_name: "Deno", language: "typescript", name: "deno" };
    await writeFile(
      join(elsewhere, "mine.ipynb"),
      JSON.stringify({ cells: [cell], metadata: { kernelspec: kernel }, nbformat: 4, nbformat_minor: 5 }),
    );
    const runner = await notebookRunner(elsewhere);
    await runner.execute("mine.ipynb", {
      runs: join(elsewhere, "runs"),
      to: join(elsewhere, "done.ipynb"),
    });
    expect(await readFile(join(elsewhere, "done.ipynb"), "utf8")).toContain("<svg");
  });
});
