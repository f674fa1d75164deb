import type { ArgumentsCamelCase, Options, PositionalOptions } from "yargs";

/** What a command's own file holds. */
export interface Definition<Values> {
  positionals?: Record<string, PositionalOptions>;
  options: Record<string, Options>;
  handler(values: ArgumentsCamelCase<Values>): void | Promise<void>;
}
