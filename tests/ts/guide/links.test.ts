import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../../ts/core/project.ts";
import { anchorsIn, guideFiles, guideFolder, linksIn } from "../../guide/markdown.ts";

const files = [
  "README.md",
  "AGENTS.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "experiments/README.md",
  "experiments/benchmarks/README.md",
  "experiments/benchmarks/harness/README.md",
  "experiments/benchmarks/verifiers/README.md",
  ...["beta.md", "methods.md"].map((name) => `experiments/paper/${name}`),
  "experiments/questions/negatives.md",
  ...guideFiles().map((name) => relative(projectRoot, join(guideFolder, name))),
];
const textOf = (file: string): string => readFileSync(join(projectRoot, file), "utf8");

/** What is wrong with a link of a file; undefined where it leads somewhere, or to the web, where no test looks. */
function problemOf(file: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const to = path === "" ? file : join(dirname(file), path);
  if (!existsSync(join(projectRoot, to))) return `${target}: there is no ${to}`;
  if (anchor === undefined) return undefined;
  if (!to.endsWith(".md") || statSync(join(projectRoot, to)).isDirectory())
    return `${target}: no headings there`;
  return anchorsIn(textOf(to)).has(anchor) ? undefined : `${target}: ${to} has no such heading`;
}

describe("links", () => {
  it.each(files)("%s leads to files and headings that there are", (file) => {
    const problems = linksIn(textOf(file)).flatMap(({ target, line }) => {
      const problem = problemOf(file, target);
      return problem === undefined ? [] : [`line ${line}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  it("README leads to the guide", () => {
    expect(linksIn(textOf("README.md")).map(({ target }) => target)).toContain("experiments/guide/index.md");
  });

  it("a file or heading that is not there is found out", () => {
    expect(problemOf("README.md", "experiments/guide/nowhere.md")).toMatch("there is no");
    expect(problemOf("README.md", "#no-such-heading")).toMatch("no such heading");
    expect(problemOf("README.md", "#your-own-model-and-data")).toBeUndefined();
  });

  it("every file and folder that AGENTS.md names is there", () => {
    const text = textOf("AGENTS.md").replace(/^```[\s\S]*?^```/gm, "");
    const named = [...text.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name!);
    const paths = named.filter(
      (name) => /[/.]/.test(name) && !["runs/", "index.ts", "__init__.py"].includes(name),
    );
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});
