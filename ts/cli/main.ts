import yargs, { type CommandModule } from "yargs";
import { inputError, nearestName } from "../core/errors.ts";
import { version } from "../core/project.ts";
import { assessCommand } from "./assess.ts";
import { dataCommand } from "./data.ts";
import { doctorCommand } from "./doctor.ts";
import { exitWith } from "./exit.ts";
import { exportCommand } from "./export.ts";
import { judgeCommand } from "./judge.ts";
import { pythonCommand } from "./python.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { scoreCommand } from "./score.ts";
import { validateCommand } from "./validate.ts";

// biome-ignore lint/suspicious/noExplicitAny: yargs types a command by its own arguments, and a list of commands by none.
const commands: CommandModule<object, any>[] = [
  runCommand,
  validateCommand,
  doctorCommand,
  judgeCommand,
  scoreCommand,
  assessCommand,
  reportCommand,
  exportCommand,
  dataCommand,
  pythonCommand,
];
const names = ["run", "validate", "doctor", "judge", "score", "assess", "report", "export", "data"];

/** The `aft` command. Every way out goes through {@link exitWith}: no stack trace for what a user can mend. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const first = argv[0];
    if (first !== undefined && !first.startsWith("-") && ![...names, "python"].includes(first)) {
      const nearest = nearestName(first, names);
      throw inputError({
        what: `there is no command "${first}"`,
        expected: `one of ${names.join(", ")}`,
        ...(nearest === undefined ? {} : { nearest: `aft ${nearest}` }),
      });
    }
    const parser = yargs([...argv])
      .scriptName("aft")
      .usage(
        "$0 COMMAND\n\nAlignment Fine-Tuning of reasoning models: VFT, sample, judge, align, evaluate, report.",
      )
      .version(version)
      .strict()
      .recommendCommands()
      .demandCommand(1, "a command is needed: aft run experiments/quickstart.yaml is a good first one")
      .help()
      .wrap(Math.min(110, process.stdout.columns ?? 100))
      .exitProcess(false)
      .fail((message, error) => {
        throw (
          error ??
          inputError({ what: message, fix: "aft --help, or aft COMMAND --help, lists what there is" })
        );
      });
    for (const command of commands) parser.command(command);
    await parser.parseAsync();
  } catch (error) {
    exitWith(error);
  }
}
