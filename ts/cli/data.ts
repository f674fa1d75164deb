import { parse } from "yaml";
import { arithmeticTaskSchema } from "../config/index.ts";
import { inputError } from "../core/errors.ts";
import { writeJsonl } from "../core/jsonl.ts";
import { rowProblems } from "../core/rows.ts";
import { arithmeticQuestions } from "../data/index.ts";
import type { Definition } from "./definition.ts";
import { printLine } from "./exit.ts";
import { wholeNumber } from "./usage.ts";

const knobs = ["items", "multiplier", "amount", "maxTotal", "operations", "form", "repeats"];

interface Values {
  count: string;
  out: string;
  seed: string;
  set: string[];
}

export const data: Definition<Values> = {
  positionals: {
    action: { choices: ["make"], demandOption: true, describe: "make: generate questions" },
    task: { choices: ["arithmetic"], demandOption: true, describe: "a task that has a generator" },
  },
  options: {
    count: {
      type: "string",
      default: "1000",
      describe: "how many questions",
    },
    out: {
      type: "string",
      demandOption: true,
      describe: "questions.jsonl, written whole or not at all",
    },
    seed: {
      type: "string",
      default: "1",
      describe: "equal seeds give equal questions",
    },
    set: {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe: `a setting of the task: --set items=[3,4] (${knobs.join(", ")}; may be given again)`,
    },
  },
  async handler({ count, out, seed, set }) {
    const settings = settingsOf(set);
    const questions = wholeNumber("count", 1, count);
    await writeJsonl(out, arithmeticQuestions(settings, questions, wholeNumber("seed", 0, seed)));
    printLine(`${questions} questions written: ${out}`);
  },
};

/** The task's settings, each as `name=value` with the value in YAML; all mistakes at once. */
function settingsOf(set: readonly string[]) {
  const given: Record<string, unknown> = { task: "arithmetic" };
  for (const setting of set) {
    const equals = setting.indexOf("=");
    if (equals < 1) throw inputError({ what: "not a setting", found: setting, expected: "--set name=value" });
    given[setting.slice(0, equals)] = yamlValue(setting.slice(equals + 1), setting);
  }
  const parsed = arithmeticTaskSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw inputError(rowProblems(parsed.error.issues, arithmeticTaskSchema, given, "--set"));
}

function yamlValue(text: string, setting: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw inputError({ what: "not valid YAML", where: "--set", found: setting }, { cause: error });
  }
}
