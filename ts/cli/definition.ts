import type { InferredOptionType, Options, PositionalOptions } from "yargs";

/** `least`: a whole number of at least this, which arrives as text (yargs itself would make NaN of what is none). */
export type Option = Options & { least?: number };
export type OptionMap = Readonly<Record<string, Option>>;
type PositionalMap = Readonly<Record<string, PositionalOptions>>;

type ValueOf<O> = O extends { least: number }
  ? O extends { default: string }
    ? number
    : number | undefined
  : O extends Options
    ? InferredOptionType<O>
    : never;
type ValuesOf<O> = { -readonly [K in keyof O]: ValueOf<O[K]> };

/** What a command's own file holds. */
export interface Definition {
  positionals: PositionalMap;
  options: OptionMap;
  // biome-ignore lint/suspicious/noExplicitAny: each command has values of its own; `define` types them.
  handler(values: any): void | Promise<void>;
}

/** A command, its handler typed by the positionals and options that it declares. */
export const define = <
  const P extends PositionalMap = Record<never, never>,
  const O extends OptionMap = Record<never, never>,
>(definition: {
  positionals?: P;
  options?: O;
  handler(values: ValuesOf<P> & ValuesOf<O>): void | Promise<void>;
}): Definition => ({ positionals: {}, options: {}, ...definition });

/** The experiment that a command reads; {@link setOption} changes settings in it. */
export const experimentFile = {
  type: "string",
  demandOption: true,
  describe: "an experiment's YAML file",
} as const;

/** An option that may be given again, with one value each time. */
export const repeatable = <const D extends string>(describe: D) =>
  ({ type: "string", array: true, nargs: 1, default: [] as string[], describe }) as const;

export const setOption = repeatable("change one setting: --set stages.sample.k=9 (may be given again)");

/** `--json`, off by default. */
export const jsonOption = (describe = "print one JSON object") =>
  ({ type: "boolean", default: false, describe }) as const;
