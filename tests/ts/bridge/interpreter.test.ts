import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { ensurePython } from "../../../ts/bridge/environment.ts";
import { findInterpreter } from "../../../ts/bridge/interpreter.ts";

afterEach(() => vi.unstubAllEnvs());

/** A folder with a program that answers as a Python of this version would. */
async function pretended(version: string, missing: readonly string[] = []): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aft-python-"));
  const recent = !version.startsWith("3.9");
  const file = join(folder, "python3");
  await writeFile(file, `#!/bin/sh\necho '${JSON.stringify({ version, recent, missing })}'\n`);
  await chmod(file, 0o755);
  return folder;
}

test("a PATH without Python: what was looked for, and how to get it", async () => {
  vi.stubEnv("PATH", await mkdtemp(join(tmpdir(), "aft-empty-")));
  await expect(findInterpreter()).rejects.toThrow(
    [
      "no Python 3.11 or newer was found on the PATH",
      '  found: "no Python at all"',
      "  expected: one of python3, python, python3.13, python3.12, python3.11 being Python 3.11 or newer",
      "  fix: install one (Debian and Ubuntu: apt-get install python3 python3-venv; macOS: brew install python), or set AFT_PYTHON to its path",
    ].join("\n"),
  );
});

test("a PATH whose Python is too old says which it is", async () => {
  vi.stubEnv("PATH", await pretended("3.9.2"));
  await expect(findInterpreter()).rejects.toThrow('found: "python3 is 3.9.2"');
});

test("AFT_PYTHON too old, or without a package", async () => {
  const old = join(await pretended("3.9.2"), "python3");
  vi.stubEnv("AFT_PYTHON", old);
  await expect(ensurePython()).rejects.toThrow(
    `the Python that AFT_PYTHON names is too old\n  found: "${old} is Python 3.9.2"\n  expected: Python 3.11 or newer`,
  );
  const bare = join(await pretended("3.12.1", ["torch"]), "python3");
  await expect(ensurePython({ python: bare })).rejects.toThrow(
    `the Python that worker.python names lacks packages: torch\n  found: "${bare}"\n  fix: ${bare} -m pip install -c`,
  );
});
