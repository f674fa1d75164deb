import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { samplerOf } from "../../../ts/config/index.ts";
import { errorOf, folderOf, load, smallest } from "./helpers.ts";

const withWorker = (worker: string): Record<string, string> => ({
  "main.yaml": `${smallest}worker: ${worker}\n`,
  "vllm/bin/python": "",
});
const samplerIn = async (worker: string) => samplerOf((await load(withWorker(worker))).experiment.worker);

describe("what draws the samples", () => {
  it("is transformers, but for vLLM where its Python is given", async () => {
    expect(await samplerIn("{}")).toEqual({ name: "transformers" });
    expect(await samplerIn("{vllmPython: python3}")).toEqual({ name: "vllm", python: "python3" });
    expect(await samplerIn("{vllmPython: python3, sampler: transformers}")).toEqual({ name: "transformers" });
  });

  it("takes the Python's path from the file that names it", async () => {
    const folder = folderOf(withWorker("{vllmPython: vllm/bin/python}"));
    const { loadExperiment } = await import("../../../ts/config/index.ts");
    const { worker } = (await loadExperiment(join(folder, "main.yaml"))).experiment;
    expect(samplerOf(worker)).toEqual({ name: "vllm", python: join(folder, "vllm/bin/python") });
  });

  it("passes sizes on, one copy on one GPU where nothing is said", async () => {
    const { worker } = (await load(withWorker("{vllm: {tensorParallel: 2}}"))).experiment;
    expect(worker.vllm).toEqual({ tensorParallel: 2, dataParallel: 1 });
    expect((await load(withWorker("{}"))).experiment.worker.vllm).toBeUndefined();
  });
});

describe("mistakes", () => {
  it("vLLM on Apple's GPU", async () => {
    expect(await errorOf(withWorker("{device: mps, vllmPython: vllm/bin/python}"))).toBe(
      `main.yaml:10:18: worker.device: vLLM does not run on Apple's GPUs
  found: "mps"
  expected: worker.device: cpu, or worker.sampler: transformers`,
    );
    expect(await samplerIn("{device: mps}")).toEqual({ name: "transformers" });
  });

  it("a sampler that there is not", async () => {
    expect(await errorOf(withWorker("{sampler: vlm}"))).toBe(
      `main.yaml:10:19: bad value for worker.sampler
  found: "vlm"
  expected: one of auto, transformers, vllm
  did you mean: vllm`,
    );
  });

  it("vLLM without its Python, with the way to one", async () => {
    expect(await errorOf(withWorker("{sampler: vllm}"))).toBe(
      `main.yaml:10:19: worker.sampler: vLLM runs under a Python of its own, and worker.vllmPython is not given
  found: "vllm"
  expected: worker.vllmPython beside it
  fix: python3 -m venv vllm && vllm/bin/pip install vllm, then worker.vllmPython: vllm/bin/python`,
    );
  });

  it("a Python that is not there", async () => {
    expect(await errorOf(withWorker("{vllmPython: venv/bin/python}"))).toContain(
      `  found: "venv/bin/python"
  expected: the Python of an environment that has vLLM, or no vllmPython key
  fix: python3 -m venv vllm && vllm/bin/pip install vllm, then worker.vllmPython: vllm/bin/python`,
    );
  });

  it("a temperature that vLLM would raise, and that transformers takes", async () => {
    const file = (worker: string) => ({
      "main.yaml": `${smallest.replace("sample: {", "sample: {temperature: 0.005, ")}worker: ${worker}\n`,
    });
    expect(await errorOf(file("{vllmPython: python3}"))).toBe(
      `main.yaml:6:32: stages.sample.temperature: vLLM takes no temperature below 0.01, and would raise it to that
  found: 0.005
  expected: at least 0.01, or worker.sampler: transformers`,
    );
    const { stages } = (await load(file("{vllmPython: python3, sampler: transformers}"))).experiment;
    expect(stages.sample.temperature).toBe(0.005);
  });

  it("sizes that no machine has", async () => {
    expect(await errorOf(withWorker("{vllm: {memoryShare: 90}}"))).toContain(
      "expected: a number greater than 0 and at most 1",
    );
    expect(await errorOf(withWorker("{vllm: {tensorParalel: 2}}"))).toContain("did you mean: tensorParallel");
  });
});
