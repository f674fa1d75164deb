import { parse } from "yaml";
import type { z } from "zod";
import { commonTaskSettings, yamlOfSet } from "../../config/index.ts";
import { type AftError, inputError, nearestName } from "../../core/errors.ts";
import { rowProblems } from "../../core/rows.ts";
import { type Task, type TaskKind, taskKind, taskNames } from "../../data/index.ts";
import { repeatable } from "../definition.ts";

/** A task as the command line asks for it: its kind, and `--set name=value` each with the value in YAML. */
export interface NamedTask {
  kind: TaskKind;
  settings: { task: string };
  task: Task;
}

export function namedTask(name: string, set: readonly string[], where?: string): NamedTask {
  const kind = taskKind(name, where);
  const settings = settingsOf(kind.settingsSchema, name, set);
  return { kind, settings, task: kind.make(settings) };
}

/** The settings, checked; all mistakes at once. `unused`: settings that make no difference to the command. */
export function settingsOf<T>(
  schema: z.ZodType<T>,
  task: string,
  set: readonly string[],
  unused: readonly string[] = [],
): T {
  const settings: Record<string, unknown> = { task };
  const problems = [];
  for (const setting of set) {
    const equals = setting.indexOf("=");
    if (equals < 1) throw inputError({ what: "not a setting", found: setting, expected: "--set name=value" });
    const [name = "", ...within] = setting.slice(0, equals).trim().split(".");
    if (unused.includes(name))
      problems.push({
        what: `${name} makes no difference here`,
        where: "--set",
        found: setting,
        expected: "no such setting",
      });
    else put(settings, [name, ...within], yamlValue(setting.slice(equals + 1), setting));
  }
  const parsed = schema.safeParse(settings);
  if (!parsed.success) problems.push(...rowProblems(parsed.error.issues, schema, settings, "--set"));
  if (problems.length > 0 || !parsed.success) throw inputError(withoutNames(problems, unused));
  return parsed.data;
}

/** Names of settings that make no difference are not offered either. */
function withoutNames<
  P extends { expected?: string | undefined; nearest?: string | undefined; what: string },
>(problems: readonly P[], unused: readonly string[]): P[] {
  return problems.map((problem) => {
    const list = /^one of (.*)$/.exec(problem.expected ?? "")?.[1]?.split(", ");
    if (list === undefined || !problem.what.startsWith("unknown field")) return problem;
    const used = list.filter((name) => !unused.includes(name) && name !== "task");
    const field = problem.what.slice("unknown field ".length);
    return { ...problem, expected: `one of ${used.join(", ")}`, nearest: nearestName(field, used) };
  });
}

function put(map: Record<string, unknown>, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    map[first] = value;
    return;
  }
  const inner =
    typeof map[first] === "object" && map[first] !== null ? (map[first] as Record<string, unknown>) : {};
  map[first] = inner;
  put(inner, rest, value);
}

function yamlValue(text: string, setting: string): unknown {
  try {
    return parse(yamlOfSet(text));
  } catch (error) {
    throw inputError({ what: "not valid YAML", where: "--set", found: setting }, { cause: error });
  }
}

export const commonSettings = Object.keys(commonTaskSettings);

export const setOfTask = repeatable(
  "a setting of the task, as in an experiment: --set validation=100 (may be given again)",
);

/** Says that a word names neither a task nor what else the command takes. */
export const notATask = (word: string, what: string, otherwise: string): AftError =>
  inputError({
    what,
    found: word,
    expected: `${otherwise}, or one of ${taskNames().join(", ")}`,
    nearest: nearestName(word, taskNames()),
  });
