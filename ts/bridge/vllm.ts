/** vLLM in an environment of its own: whether it is there, and which one it is. */
import { execa } from "execa";
import { inputError } from "../core/errors.ts";
import { jsonIn } from "../core/json.ts";

/** The first that asks for transformers 5, in whose form the weights of a run are saved: an older one may misread them. */
const oldestVllm = "0.24";

export interface Vllm {
  version: string;
  /** cpu, cuda, ...; empty where it finds no device that it can use. */
  platform: string;
}

// Imported in earnest: a package that is there and cannot be loaded (another CUDA, say) is the commoner mistake.
// What the import prints goes to stderr.
const question = `
import json, os, sys
out = os.dup(1)
os.dup2(2, 1)
answer = {}
try:
    import vllm
    from vllm.platforms import current_platform
    answer = {"version": vllm.__version__, "platform": str(current_platform.device_type)}
except Exception as error:
    missing = isinstance(error, ModuleNotFoundError) and error.name == "vllm"
    first = next(iter(str(error).strip().splitlines()), "")
    answer = {"error": "" if missing else f"{type(error).__name__}: {first}"}
os.write(out, json.dumps(answer).encode())
os._exit(0)
`;

const known = new Map<string, Promise<Vllm>>();

/** As long as the worker waits for a vLLM that gives no sign of life. */
const longestImportMs = 600_000;

/**
 * Asks a Python for its vLLM; once for each. Takes some seconds.
 * @param setting what names the Python
 * @param timeout in ms; there for tests
 */
export function inspectVllm(python: string, setting: string, timeout = longestImportMs): Promise<Vllm> {
  const asked = known.get(python) ?? ask(python, setting, timeout);
  known.set(python, asked);
  return asked;
}

async function ask(python: string, setting: string, timeout: number): Promise<Vllm> {
  // Its packages are its own: those that the worker is shown would come before them.
  const env = { PYTHONPATH: undefined, PYTHONHOME: undefined, VIRTUAL_ENV: undefined };
  const options = { reject: false, env, timeout, killSignal: "SIGKILL" } as const;
  const { exitCode, stdout, timedOut } = await execa(python, ["-c", question], options);
  if (timedOut)
    throw inputError({
      what: `the vLLM of the Python that ${setting} names hangs: it was not imported within ${timeout / 60_000} minutes`,
      found: python,
      fix: `${python} -c "import vllm" shows what it waits for`,
    });
  const answer = exitCode === 0 ? (jsonIn(stdout) as Answer | undefined) : undefined;
  if (answer === undefined)
    throw inputError({
      what: `what ${setting} names could not be started as a Python`,
      found: python,
      expected: "the Python of an environment that has vLLM",
      fix: `python3 -m venv vllm && vllm/bin/pip install vllm, then ${setting}: vllm/bin/python`,
    });
  if (answer.error !== undefined)
    throw inputError({
      what:
        answer.error === ""
          ? `the Python that ${setting} names has no vLLM`
          : `vLLM cannot be imported by the Python that ${setting} names: ${answer.error}`,
      found: python,
      fix: `${python} -m pip install ${answer.error === "" ? "" : "--force-reinstall "}vllm`,
    });
  if (isOlder(answer.version, oldestVllm))
    throw inputError({
      what: `the vLLM of the Python that ${setting} names is too old`,
      found: `${python} has vLLM ${answer.version}`,
      expected: `vLLM ${oldestVllm} or newer`,
      fix: `${python} -m pip install --upgrade vllm`,
    });
  return answer;
}

type Answer = Vllm & { error?: string };

const isOlder = (version: string, oldest: string): boolean => {
  const [have, need] = [version, oldest].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10)),
  );
  // A version that is not told in numbers is one that somebody built.
  return [0, 1].some(
    (at) => have![at]! < need![at]! && have!.slice(0, at).every((part, i) => part <= need![i]!),
  );
};
