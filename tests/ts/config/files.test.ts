import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  boundaryBetaOf,
  editorSchema,
  editorSchemaPath,
  loadExperiment,
  loadFile,
  type Method,
} from "../../../ts/config/index.ts";
import { folderOf, smallest } from "./helpers.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const yamlFilesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name));

const experiments = yamlFilesIn("experiments");
const fragments = yamlFilesIn("configs");
const validate = new Ajv({ allowUnionTypes: true, strict: false }).compile(JSON.parse(editorSchema()));

it("there are experiments and fragments to test", () => {
  expect(experiments).toContain("experiments/quickstart.yaml");
  expect(fragments.length).toBeGreaterThan(10);
});

describe("the schema for editors", () => {
  it("is the one that is checked in (npm run generate writes it)", () => {
    expect(readFileSync(editorSchemaPath, "utf8")).toBe(editorSchema());
  });

  it("describes every key", () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === "properties")
          for (const [name, property] of Object.entries(value as Record<string, { description?: string }>))
            if (property.description === undefined) bare.push(`${path}.${name}`);
        walk(value, `${path}.${key}`);
      }
    };
    walk(JSON.parse(editorSchema()), "");
    expect(bare).toEqual([]);
  });

  it.each([...experiments, ...fragments])("accepts %s", (file) => {
    validate(parse(readFileSync(join(root, file), "utf8")));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ["a misspelt key", { worker: { thread: 1 } }],
    ["a wrong value", { stages: { sample: { topP: 2 } } }],
    ["beta without a boundary", { methods: { a: { method: "aft", constraint: "none", beta: 0.1 } } }],
    ["an unknown task", { tasks: [{ task: "chess" }] }],
  ])("refuses %s", (_, value) => {
    expect(validate(value)).toBe(false);
  });

  it("accepts null, which removes what is inherited", () => {
    expect(validate({ worker: { threads: null }, methods: { a: { label: null } }, report: null })).toBe(true);
  });
});

describe("every YAML file", () => {
  it.each([...experiments, ...fragments])("%s names the schema in its first line", (file) => {
    const [first] = readFileSync(join(root, file), "utf8").split("\n", 1);
    const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(first!)?.[1] ?? "(none)";
    expect(relative(root, resolve(root, dirname(file), path))).toBe("configs/schema/experiment.schema.json");
  });

  it.each(experiments)("%s is a valid experiment without a warning", async (file) => {
    const loaded = await loadFile(join(root, file));
    expect(loaded.warnings).toEqual([]);
    const { name } = "cells" in loaded ? loaded : loaded.experiment;
    expect(file.endsWith(`/${name}.yaml`)).toBe(true);
  });

  it.each(fragments)("%s makes a valid experiment with what it leaves open", async (file) => {
    const text = `extends: [${join(root, file)}]\nname: x\n${gapsOf(file)}`;
    const folder = folderOf({ "main.yaml": text });
    await expect(loadExperiment(join(folder, "main.yaml"))).resolves.toHaveProperty("experiment.name", "x");
  });

  const commented = [
    "experiments/quickstart.yaml",
    ...yamlFilesIn("experiments/paper"),
    ...yamlFilesIn("experiments/questions"),
    ...yamlFilesIn("experiments/real"),
    ...yamlFilesIn("experiments/benchmarks"),
    ...fragments,
  ];
  it.each(commented)("%s has a comment for every key", (file) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    const bare = lines.filter(
      (line, at) =>
        /^\s*(- )?[\w.-]+:/.test(line) && !line.includes(" # ") && !/^\s*#/.test(lines[at - 1] ?? ""),
    );
    expect(bare).toEqual([]);
  });
});

/** The parts of the smallest experiment that a fragment does not give itself. */
function gapsOf(file: string): string {
  const kind = file.split("/")[1];
  const parts = smallest.split(/\n(?=model|tasks|stages|methods)/).slice(1);
  return parts
    .filter((part) => !part.startsWith(`${kind}:`) && !(kind === "models" && part.startsWith("model:")))
    .join("\n");
}

describe("the quickstart", () => {
  it("compares six methods that differ in their loss alone, and reports on the test split", async () => {
    const { experiment } = await loadExperiment(join(root, "experiments/quickstart.yaml"));
    const { stages, methods } = experiment;
    expect(stages.evaluate.split).toBe("test");
    for (const method of Object.values(methods)) expect(method).not.toHaveProperty("train");
    expect(
      Object.values(methods).map((method) => [
        method.method,
        "constraint" in method ? [method.constraint, method.weight] : undefined,
      ]),
    ).toEqual([
      ["keep", undefined],
      ["vft", undefined],
      ["rft", undefined],
      ["aft", ["none", 3]],
      ["aft", ["detached", 3]],
      ["aft", ["boundary", 3]],
    ]);
    expect(methods["aft-bc"]).toMatchObject({ beta: 0.1, detachBoundary: true, referenceAsPositive: false });
  });
});

describe("the paper's comparisons", () => {
  /** Of a sweep its first cell. */
  const loaded = async (name: string) => {
    const found = await loadFile(join(root, "experiments", `${name}.yaml`));
    return "cells" in found ? found.cells[0]!.experiment : found.experiment;
  };
  // Those at the paper's own size are another recipe.
  const names = yamlFilesIn("experiments/paper")
    .map((file) => file.slice("experiments/".length, -".yaml".length))
    .filter((name) => !name.includes("gsm8k"));

  it("has each file of the methods that it compares, but those for ranks, in one experiment", async () => {
    const { methods, stages } = await loaded("paper/methods");
    const compared = new Set(Object.values(methods).map(({ method }) => method));
    const files = yamlFilesIn("configs/methods").filter((file) =>
      compared.has(Object.values<Method>(parse(readFileSync(join(root, file), "utf8")).methods)[0]!.method),
    );
    const names = files.map((file) => basename(file, ".yaml")).filter((name) => !name.includes("ranked"));
    expect(Object.keys(methods).sort()).toEqual(names.sort());
    expect(stages.judge.feedback).toBe("binary");
  });

  it("gives each method the same weight, and each boundary the same distance", async () => {
    const { methods } = await loaded("paper/methods");
    const weights = Object.values(methods).flatMap((one) => ("weight" in one ? [one.weight] : []));
    expect(weights.length).toBeGreaterThan(12);
    expect(new Set(weights)).toEqual(new Set([1]));
    const betas = Object.values(methods)
      .map(boundaryBetaOf)
      .filter((beta) => beta !== undefined);
    expect(betas.length).toBeGreaterThan(4);
    expect(new Set(betas)).toEqual(new Set([0.3]));
  });

  it.each(names)(
    "%s goes on from VFT weights of the quickstart’s making as mild.yaml does, on three seeds",
    async (name) => {
      const mild = await loaded("mild");
      const { model, stages, seeds, methods } = await loaded(name);
      expect([model, stages.vft, stages.align]).toEqual([mild.model, mild.stages.vft, mild.stages.align]);
      expect(stages.sample).toEqual({ ...mild.stages.sample, questions: stages.sample.questions });
      expect(seeds).toEqual([1, 2, 3]);
      for (const method of Object.values(methods)) expect(method).not.toHaveProperty("train");
    },
  );

  it("trains LLaMA-2 7B as RFT states it, and its adapter otherwise alike", async () => {
    const whole = await loaded("paper/gsm8k-llama2-7b");
    const { vft, sample, align } = whole.stages;
    expect(vft).toMatchObject({ epochs: 3, batchSize: 128, learningRate: 2e-5 });
    expect(vft.schedule).toMatchObject({ shape: "cosine", warmupRatio: 0.03 });
    expect(sample).toMatchObject({ k: 6, temperature: 1, topP: 1 });
    expect([whole.model.gradientCheckpointing, whole.model.adapter]).toEqual([true, undefined]);
    expect(Object.keys(whole.methods)).toEqual(["vft-kept", "vft-continued", "aft-dc", "aft-bc"]);
    const adapted = await loaded("paper/gsm8k-llama2-7b-lora");
    expect(adapted.model.adapter).toMatchObject({ rank: 16, alpha: 32 });
    expect({ ...adapted.model, adapter: undefined }).toEqual({ ...whole.model, adapter: undefined });
    expect(adapted.methods).toEqual(whole.methods);
    expect(adapted.seeds).toEqual([1, 2, 3]);
    expect({ ...adapted.stages.align, learningRate: 2e-5 }).toEqual(align);
  });

  it("takes ranks where ranks are asked about, and compares the methods that use them", async () => {
    const { methods, stages } = await loaded("paper/ranking");
    expect(stages.judge.feedback).toBe("ranked");
    expect(Object.keys(methods)).toEqual([
      "vft-kept",
      "vft-continued",
      "aft-ranked-dc",
      "aft-ranked-bc",
      "rrhf",
      "pro",
      "dpo",
    ]);
  });
});

describe("the sweep over k and temperature", () => {
  it("has nine cells that differ in the samples alone, chosen on the validation split", async () => {
    const loaded = await loadFile(join(root, "experiments/questions/k.yaml"));
    const cells = "cells" in loaded ? loaded.cells : [];
    expect(cells.map(({ cell }) => cell)).toEqual(
      [3, 6, 9].flatMap((k) => [0.7, 1, 1.3].map((temperature) => `k=${k},temperature=${temperature}`)),
    );
    const unvaried = cells.map(({ experiment }) => {
      const { k: _, temperature: __, ...sample } = experiment.stages.sample;
      return { ...experiment, stages: { ...experiment.stages, sample } };
    });
    for (const one of unvaried) expect(one).toEqual(unvaried[0]);
    expect(unvaried[0]!.stages.evaluate.split).toBe("validation");
  });
});
