import { execa } from "execa";
import { inputError } from "../core/errors.ts";

/** The oldest Python that the worker runs on. */
export const oldest = "3.11";

export interface Interpreter {
  version: string;
  recent: boolean;
  /** Those of the asked packages that are not installed. */
  missing: string[];
}

const question = `
import importlib.metadata as m, json, sys
def lacks(name):
    try:
        m.version(name)
    except m.PackageNotFoundError:
        return True
    return False
print(json.dumps({"version": sys.version.split()[0], "recent": sys.version_info >= (${oldest.replace(".", ", ")}),
                  "missing": [n for n in sys.argv[1:] if lacks(n)]}))
`;

/** Asks an interpreter for its version and which packages it lacks, without importing them; undefined if it does not run. */
export async function inspect(
  python: string,
  packages: readonly string[] = [],
): Promise<Interpreter | undefined> {
  const answer = await execa(python, ["-c", question, ...packages], { reject: false });
  if (answer.exitCode !== 0) return undefined;
  try {
    return JSON.parse(answer.stdout) as Interpreter;
  } catch {
    return undefined;
  }
}

const names = ["python3", "python", "python3.13", "python3.12", "python3.11"];

/** The first Python on the PATH that is new enough. */
export async function findInterpreter(): Promise<string> {
  const seen: string[] = [];
  for (const name of names) {
    const interpreter = await inspect(name);
    if (interpreter?.recent) return name;
    if (interpreter !== undefined) seen.push(`${name} is ${interpreter.version}`);
  }
  throw inputError({
    what: `no Python ${oldest} or newer was found on the PATH`,
    found: seen.length > 0 ? seen.join(", ") : "no Python at all",
    expected: `one of ${names.join(", ")} being Python ${oldest} or newer`,
    fix: "install one (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python), or set AFT_PYTHON to its path",
  });
}
