import { inputError, nearestName } from "../core/errors.ts";
import { oneOf } from "../core/words.ts";
import { type Command, commands, type Family, families } from "./commands.ts";
import type { OptionMap } from "./definition.ts";

const names = [...commands, ...families].map(({ name }) => name);

/** Says what is wrong with the words before yargs sees them: an unknown command, or an option where one is wanted. */
export function checkCommand([first, second]: readonly string[]): void {
  if (first === undefined)
    throw inputError({
      what: "a command is needed",
      expected: oneOf(names),
      fix: "aft run experiments/quickstart.yaml is a good first one; aft --help lists them all",
    });
  const general = ["--help", "-h", "--version"];
  if (first.startsWith("-") && !general.includes(first))
    throw inputError({
      what: `aft has no option ${first} before a command`,
      expected: "a command first: aft COMMAND [options]",
      nearest: nearestName(first, general),
    });
  const family = families.find(({ name }) => name === first);
  if (family !== undefined) checkMember(family, second);
  if (first.startsWith("-") || first === "python" || names.includes(first)) return;
  const nearest = nearestName(first, names);
  throw inputError({
    what: `there is no command "${first}"`,
    expected: oneOf(names),
    nearest: nearest === undefined ? undefined : `aft ${nearest}`,
  });
}

/** The second word of a family's commands. */
function checkMember({ name, members, example }: Family, word: string | undefined): void {
  if (word === "--help" || word === "-h") return;
  const actions = members.map((member) => member.name.slice(name.length + 1));
  if (word === undefined)
    throw inputError({
      what: `aft ${name} needs an action`,
      expected: oneOf(actions),
      fix: `for example ${example}`,
    });
  if (word.startsWith("-"))
    throw inputError({
      what: `aft ${name} has no option ${word} before an action`,
      expected: `an action first: ${oneOf(actions)}`,
    });
  if (actions.includes(word)) return;
  const nearest = nearestName(word, actions);
  throw inputError({
    what: `aft ${name} has no action "${word}"`,
    expected: oneOf(actions),
    nearest: nearest === undefined ? undefined : `aft ${name} ${nearest}`,
  });
}

/** yargs' refusal of a command's words, in ours: what, found, expected, the nearest valid name. */
export function usageError(
  message: string,
  { name, words, example }: Command,
  options: OptionMap,
  argv: readonly string[],
): Error {
  const flags = Object.keys(options).map((option) => `--${option}`);
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(", ");
  if (unknown !== undefined) {
    // yargs names an option in both spellings: the one that was written counts.
    const isWritten = (flag: string) => argv.some((word) => word === flag || word.startsWith(`${flag}=`));
    const written = unknown.flatMap((word) => [`--${word}`, `-${word}`].filter(isWritten));
    if (written.length > 0)
      return inputError(
        written.map((flag) => ({
          what: `aft ${name} has no option ${flag}`,
          expected: oneOf([...flags, "--help"]),
          nearest: nearestName(flag, flags),
        })),
      );
    return inputError({ what: `aft ${name}: an argument too many`, found: unknown[0], expected: example });
  }
  const missing = /^Missing required arguments?: (.*)$/.exec(message)?.[1]?.split(", ");
  if (missing !== undefined)
    return inputError({
      what: `aft ${name} needs ${missing.map((option) => `--${option}`).join(", ")}`,
      expected: example,
    });
  if (message.startsWith("Not enough non-option arguments"))
    return inputError({ what: `aft ${name} needs ${words}`, expected: example });
  const withoutValue = /^Not enough arguments following: (.*)$/.exec(message)?.[1];
  if (withoutValue !== undefined)
    return inputError({ what: `--${withoutValue} needs a value`, expected: example });
  const choice = /Argument: (\S+), Given: "(.*)", Choices: (.*)/.exec(message);
  if (choice !== null) {
    const [, argument = "", found = "", list = ""] = choice;
    const choices = [...list.matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
    return inputError({
      what: `bad value for ${argument in options ? `--${argument}` : `<${argument}> of aft ${name}`}`,
      found,
      expected: oneOf(choices),
      nearest: nearestName(found, choices),
    });
  }
  return inputError({ what: `aft ${name}: ${message}`, expected: example });
}

/** An option that takes one value and was given several comes as a list, which no handler expects. */
export function checkOnce(argv: Readonly<Record<string, unknown>>, options: OptionMap): void {
  for (const [option, { array }] of Object.entries(options))
    if (array !== true && Array.isArray(argv[option]))
      throw inputError({
        what: `--${option} was given more than once`,
        found: argv[option],
        expected: "one value",
      });
}

/** An empty text is mostly a shell variable that was not set; as a path it would be the working directory. */
function checkNotEmpty(argv: Readonly<Record<string, unknown>>, options: OptionMap): void {
  for (const [option, { type, least }] of Object.entries(options))
    if (type === "string" && least === undefined && argv[option] === "")
      throw inputError({ what: `--${option} is empty`, found: "", expected: `a value, or no --${option}` });
}

/** What a command's handler gets: each option once and not empty, and numbers where the options are numbers. */
export function checkedValues(argv: Readonly<Record<string, unknown>>, options: OptionMap): object {
  checkOnce(argv, options);
  checkNotEmpty(argv, options);
  const numbers = Object.entries(options).flatMap(([option, { least }]) => {
    const value = argv[option];
    return least === undefined || typeof value !== "string"
      ? []
      : [[option, wholeNumber(option, least, value)]];
  });
  return { ...argv, ...Object.fromEntries(numbers) };
}

export function wholeNumber(option: string, least: number, value: string): number {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw inputError({
    what: `bad value for --${option}`,
    found: value,
    expected: `a whole number of at least ${least}`,
  });
}
