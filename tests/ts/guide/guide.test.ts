/** What can be said of the guide without running it; `tests/slow/guide.test.ts` runs its commands. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { everyCommand, families } from "../../../ts/cli/commands.ts";
import { editorSchema, loadFile } from "../../../ts/config/index.ts";
import { projectRoot, version } from "../../../ts/core/project.ts";
import {
  type Block,
  blocksOf,
  commandsOf,
  guideFiles,
  guidePages,
  marked,
  testedPages,
  wordsOf,
} from "../../guide/markdown.ts";

const pages = guidePages();
const blocks = testedPages().flatMap(blocksOf);
const named = (chosen: Block[]): [string, Block][] => chosen.map((block) => [block.where, block]);
const notRun = blocks.filter((block) => block.language === "sh" && marked(block, "not run") !== undefined);
const run = blocks.filter((block) => block.language === "sh" && marked(block, "not run") === undefined);

it("index.md links every page", () => {
  expect([...pages].sort()).toEqual(guideFiles().sort());
});

it("most of the guide's command blocks are run", () => {
  expect(run.length).toBeGreaterThan(notRun.length);
});

it("every marker and every language is one that the tests know", () => {
  const known = /^(|not run: .+|fails: [12]|file: [\w.-]+|prints|seen: .+)$/;
  expect(blocks.filter(({ marker }) => !known.test(marker)).map(({ where }) => where)).toEqual([]);
  const languages = new Set(blocks.map(({ language }) => language));
  expect([...languages].filter((one) => !["sh", "yaml", "text", "csv", "json", "ts"].includes(one))).toEqual(
    [],
  );
});

it("an output says from where it is: what the command above prints, or where it was seen", () => {
  const bare = blocks.filter((block) => block.language === "text" && block.marker === "");
  expect(bare.map(({ where }) => where)).toEqual([]);
});

describe("a YAML block", () => {
  const validate = new Ajv({ allowUnionTypes: true, strict: false }).compile(JSON.parse(editorSchema()));
  const yaml = blocks.filter(({ language }) => language === "yaml");

  it.each(named(yaml))("%s has the keys and values that an experiment may have", (_, { text }) => {
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });
});

describe("a command that is not run", () => {
  it.each(named(notRun))("%s is one that there is, with experiments that are valid", async (_, block) => {
    for (const command of commandsOf(block).flatMap((line) => line.split(" && ")))
      await check(wordsOf(command));
  });
});

/** Programs beside aft that a block may call without being run; `npx` finds the others in this project. */
const others = ["npm", "export", "nvidia-smi", "python3", "vllm/bin/pip", "pip", "python"];
const ofThisProject = (word: string): boolean => /^(tests|py|ts|experiments)\b/.test(word);

async function check([first = "", ...words]: readonly string[]): Promise<void> {
  const named = words.find((word) => word.endsWith(".tgz"));
  if (named !== undefined) expect(named).toBe(`./aft-${version}.tgz`);
  // The packed file in place of a name: npx installs it for the time of the command.
  const rest = words[0] === "--yes" ? ["aft", ...words.slice(2)] : words;
  if (first === "npx" && (rest[0] !== "aft" || rest[1] === "python")) {
    if (rest[0] !== "aft") expect(existsSync(join(projectRoot, "node_modules", ".bin", rest[0]!))).toBe(true);
    expect(rest.filter(ofThisProject).filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
    return;
  }
  if (first !== "npx") {
    expect(others).toContain(first);
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
    if (first === "npm" && rest[0] === "run") expect(Object.keys(scripts)).toContain(rest[1]);
    return;
  }
  const [aft, ...given] = rest;
  expect(aft).toBe("aft");
  const isFamily = families.some(({ name }) => name === given[0]);
  const name = given.slice(0, isFamily ? 2 : 1).join(" ");
  const command = everyCommand.find((one) => one.name === name);
  expect(command?.name).toBe(name);
  const { options } = await command!.load();
  const typed = given.slice(isFamily ? 2 : 1);
  const asked = typed.filter((word) => word.startsWith("--")).map((word) => word.slice(2).split("=")[0]);
  expect(Object.keys(options)).toEqual(expect.arrayContaining(asked));
  if (!["run", "validate"].includes(name)) return;
  const set = typed.filter((_, at) => typed[at - 1] === "--set");
  await expect(loadFile(join(projectRoot, typed[0]!), { set })).resolves.toBeDefined();
}
