import { expect, test } from "vitest";
import { commands, everyCommand } from "../../../ts/cli/commands.ts";
import { checkCommand, checkedValues, checkOnce, usageError, wholeNumber } from "../../../ts/cli/usage.ts";

const run = commands.find(({ name }) => name === "run")!;
const { options } = await run.load();
const said = (message: string, ...argv: string[]) => usageError(message, run, options, argv).message;

test("an unknown command and an option in its place name the nearest", () => {
  expect(() => checkCommand(["rnu"])).toThrow(
    'there is no command "rnu"\n  expected: one of run, validate, doctor, worker, judge, score, assess, report, view, export, notebook, data, model, runs\n  did you mean: aft run',
  );
  expect(() => checkCommand(["--verson"])).toThrow(
    "aft has no option --verson before a command\n  expected: a command first: aft COMMAND [options]\n  did you mean: --version",
  );
  expect(() => checkCommand([])).toThrow("a command is needed");
});

test("a family's second word is an action", () => {
  const actions = "one of list, get, show, check, make, groups";
  expect(() => checkCommand(["data", "shwo"])).toThrow(
    `aft data has no action "shwo"\n  expected: ${actions}\n  did you mean: aft data show`,
  );
  expect(() => checkCommand(["data"])).toThrow(`aft data needs an action\n  expected: ${actions}`);
  expect(() => checkCommand(["data", "--to", "x"])).toThrow(
    `aft data has no option --to before an action\n  expected: an action first: ${actions}`,
  );
  for (const words of [["data", "get"], ["data", "--help"], ["run"]])
    expect(() => checkCommand(words)).not.toThrow();
});

test("an unknown option names the nearest, once, however yargs spells it", () => {
  expect(said("Unknown arguments: dry-runn, dryRunn", "run", "x.yaml", "--dry-runn")).toBe(
    "aft run has no option --dry-runn\n  expected: one of --set, --runs, --dry-run, --estimate, --device, --devices, --nodes, --on, --sbatch, --cell, --json, --jobs, --help\n  did you mean: --dry-run",
  );
  expect(said("Unknown argument: runz", "run", "x.yaml", "--runz=y")).toContain("did you mean: --runs");
});

test("an argument too many, a missing one and an option without its value show a line that works", () => {
  const example = "expected: aft run experiments/quickstart.yaml";
  expect(said("Unknown argument: b.yaml", "run", "a.yaml", "b.yaml")).toBe(
    `aft run: an argument too many\n  found: "b.yaml"\n  ${example}`,
  );
  expect(said("Not enough non-option arguments: got 0, need at least 1", "run")).toBe(
    `aft run needs <experiment>\n  ${example}`,
  );
  expect(said("Not enough arguments following: set", "run", "a.yaml", "--set")).toBe(
    `--set needs a value\n  ${example}`,
  );
  expect(said("Missing required arguments: in, out", "run")).toBe(`aft run needs --in, --out\n  ${example}`);
});

test("a choice that is none names the nearest", () => {
  const message = 'Invalid values:\n  Argument: json, Given: "flexibel", Choices: "strict", "flexible"';
  expect(said(message)).toBe(
    'bad value for --json\n  found: "flexibel"\n  expected: one of strict, flexible\n  did you mean: flexible',
  );
});

test("an option with one value may not be given twice, one with many may", () => {
  expect(() => checkOnce({ runs: ["a", "b"] }, options)).toThrow(
    '--runs was given more than once\n  found: ["a","b"]\n  expected: one value',
  );
  expect(() => checkOnce({ runs: "a", set: ["a=1", "b=2"] }, options)).not.toThrow();
});

test("a command gets numbers where its options are numbers", () => {
  expect(checkedValues({ runs: "a", jobs: "2" }, options)).toEqual({ runs: "a", jobs: 2 });
  expect(() => checkedValues({ jobs: "0" }, options)).toThrow("bad value for --jobs");
  expect(() => checkedValues({ jobs: ["1", "2"] }, options)).toThrow("--jobs was given more than once");
});

test("whole numbers are whole, and not too small", () => {
  expect(wholeNumber("count", 1, "12")).toBe(12);
  for (const bad of ["", "x", "1.5", "0", "-3", "1e99"])
    expect(() => wholeNumber("count", 1, bad)).toThrow(
      `bad value for --count\n  found: ${JSON.stringify(bad)}\n  expected: a whole number of at least 1`,
    );
});

test("every command's file holds what the list says, and its example uses options that it has", async () => {
  for (const { name, words, example, load } of everyCommand) {
    const { positionals = {}, options } = await load();
    expect([...words.matchAll(/[a-z]+/g)].map(([word]) => word)).toEqual(Object.keys(positionals));
    expect(example).toMatch(new RegExp(`^aft ${name}`));
    for (const [, option] of example.matchAll(/--([a-z-]+)/g)) expect(Object.keys(options)).toContain(option);
    for (const [option, { demandOption }] of Object.entries(options))
      if (demandOption === true) expect(example).toContain(`--${option} `);
  }
});

test("an option is not empty: --runs $FOLDER of a variable that was not set", () => {
  expect(() => checkedValues({ runs: "" }, options)).toThrow(
    '--runs is empty\n  found: ""\n  expected: a value, or no --runs',
  );
  expect(checkedValues({ runs: "x", json: false }, options)).toEqual({ runs: "x", json: false });
});
