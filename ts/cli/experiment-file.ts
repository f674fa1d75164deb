import type { Options, PositionalOptions } from "yargs";

/** How every command that reads an experiment is told which, and what to change in it. */
export const experimentFile: PositionalOptions = {
  type: "string",
  demandOption: true,
  describe: "an experiment's YAML file",
};

export const setOption: Options = {
  type: "string",
  array: true,
  nargs: 1,
  default: [],
  describe: "change one setting: --set stages.sample.k=9 (may be given again)",
};
