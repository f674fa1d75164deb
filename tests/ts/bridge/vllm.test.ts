import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { findInterpreter } from "../../../ts/bridge/interpreter.ts";
import { inspectVllm } from "../../../ts/bridge/vllm.ts";
import { projectRoot } from "../../../ts/core/project.ts";
import { folderOf, refusalOf } from "../data/files.ts";

/** A Python with a vLLM that says what the environment tells it to. */
const python = join(projectRoot, "tests", "py", "fake_vllm", "python.sh");
let plain: string;
let asked = 0;

/** Each answer is remembered by its Python: another spelling of the path is asked anew. */
const inspect = (path = `${python.slice(0, -"python.sh".length)}${"./".repeat(++asked)}python.sh`) =>
  inspectVllm(path, "worker.vllmPython");

beforeAll(async () => {
  plain = await findInterpreter();
  vi.stubEnv("FAKE_VLLM_PYTHON", plain);
});

const told = async (path?: string): Promise<string> =>
  (await refusalOf(inspect(path), projectRoot)).replaceAll(/\/(\.\/)+python\.sh/g, "/python.sh");

test("says its version, and what it runs on", async () => {
  vi.stubEnv("FAKE_VLLM_PLATFORM", "cuda");
  expect(await inspect()).toEqual({ version: "99.1", platform: "cuda" });
});

test("one that is too old is told with the oldest that is not, and how to have another", async () => {
  vi.stubEnv("FAKE_VLLM_VERSION", "0.11.2");
  expect(await told()).toBe(
    `the vLLM of the Python that worker.vllmPython names is too old
  found: "tests/py/fake_vllm/python.sh has vLLM 0.11.2"
  expected: vLLM 0.24 or newer
  fix: tests/py/fake_vllm/python.sh -m pip install --upgrade vllm`,
  );
  vi.stubEnv("FAKE_VLLM_VERSION", "0.24.0rc1");
  expect((await inspect()).version).toBe("0.24.0rc1");
  vi.stubEnv("FAKE_VLLM_VERSION", "dev");
  expect((await inspect()).version).toBe("dev");
});

test("a Python without it", async () => {
  expect(await told(plain)).toBe(
    `the Python that worker.vllmPython names has no vLLM
  found: "${plain}"
  fix: ${plain} -m pip install vllm`,
  );
});

test("one that is there and cannot be imported, with the reason", async () => {
  vi.stubEnv("FAKE_VLLM_IN", join(projectRoot, "tests", "py", "fake_vllm", "broken"));
  expect(await told()).toContain(
    "vLLM cannot be imported by the Python that worker.vllmPython names: ImportError: libcudart.so.12: cannot open",
  );
});

test("one that hangs while it is imported", async () => {
  const hanging = join(folderOf({ python: "#!/bin/sh\nexec sleep 600\n" }), "python");
  await chmod(hanging, 0o755);
  await expect(inspectVllm(hanging, "worker.vllmPython", 60)).rejects.toThrow(
    "the vLLM of the Python that worker.vllmPython names hangs: it was not imported within 0.001 minutes",
  );
});

test("what is no Python, and what is not there", async () => {
  const folder = folderOf({ "python.txt": [] });
  for (const path of ["/bin/false", "/bin/ls", join(folder, "python"), join(folder, "python.txt")])
    expect(await told(path)).toContain("what worker.vllmPython names could not be started as a Python\n");
});
