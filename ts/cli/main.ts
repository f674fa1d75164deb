import yargs, { type Argv } from "yargs";
import { version } from "../core/project.ts";
import { callName, setCallName } from "./called.ts";
import { type Command, commands, everyCommand, families, firstWords, python } from "./commands.ts";
import type { Definition } from "./definition.ts";
import { endQuietlyWithoutReader, exitWith, outliveFileLimit } from "./exit.ts";
import { checkCommand, checkedValues, usageError } from "./usage.ts";

/** The `aft` command. Every way out goes through {@link exitWith}: no stack trace for what a user can mend. */
export async function main(argv: readonly string[]): Promise<void> {
  endQuietlyWithoutReader();
  outliveFileLimit();
  setCallName(callName(), firstWords);
  try {
    checkCommand(argv);
    const command = [...everyCommand, python].find(({ name }) =>
      name.split(" ").every((word, at) => argv[at] === word),
    );
    await parserOf(command, await command?.load(), argv).parseAsync();
  } catch (error) {
    exitWith(error);
  }
}

/** Knows every command's name, and of the one that was called its options too. */
function parserOf(
  called: Command | undefined,
  definition: Definition | undefined,
  argv: readonly string[],
): Argv {
  const parser = yargs([...argv])
    .scriptName("aft")
    .usage(
      "$0 COMMAND\n\nAlignment Fine-Tuning of reasoning models: VFT, sample, judge, align, evaluate, report.",
    )
    .version(version)
    .strict()
    .help()
    .alias("help", "h")
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message, error) => {
      // yargs throws some of its refusals and reports others.
      if (error !== undefined && error.name !== "YError") throw error;
      throw usageError(error?.message ?? message, called!, definition!.options, argv);
    });
  const add = (to: Argv, command: Command): Argv =>
    to.command({
      command: `${command.name.split(" ").at(-1)} ${command.words}`.trim(),
      describe: command.describe ?? false,
      builder: (inner) => (command === called ? describeTo(inner, command, definition!) : inner),
      async handler(values) {
        await definition!.handler(checkedValues(values, definition!.options));
      },
    });
  for (const command of [...commands, python]) add(parser, command);
  for (const { name, describe, members } of families)
    parser.command({
      command: name,
      describe,
      builder(inner) {
        for (const member of members) add(inner, member);
        return inner.usage(`aft ${name} ACTION`).version(false);
      },
      handler() {},
    });
  return parser;
}

function describeTo(parser: Argv, command: Command, { positionals, options }: Definition): Argv {
  for (const [name, positional] of Object.entries(positionals)) parser.positional(name, positional);
  if (command === python)
    return parser
      .parserConfiguration({ "unknown-options-as-args": true, "halt-at-non-option": true })
      .strict(false)
      .help(false)
      .version(false);
  return parser.options(options).example(command.example, "").version(false);
}
