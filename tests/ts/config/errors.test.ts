import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { groupMethodKinds, loadExperiment, methods } from "../../../ts/config/index.ts";
import type { AftError } from "../../../ts/core/errors.ts";
import { errorOf, folderOf, inWords, smallest, withChange } from "./helpers.ts";

describe("the commonest mistakes in an experiment, word by word", () => {
  it("a misspelt key", async () => {
    expect(await errorOf(withChange("sample: {max", "sample: {temprature: 0.7, max"))).toBe(
      `main.yaml:6:19: unknown key "temprature" in stages.sample
  found: 0.7
  expected: one of questions, k, temperature, topP, maxNewTokens, seed
  did you mean: temperature`,
    );
  });

  it("a misspelt value", async () => {
    expect(await errorOf(withChange("task: arithmetic", "task: arithmetics"))).toBe(
      `main.yaml:5:11: bad value for tasks.0.task
  found: "arithmetics"
  expected: one of arithmetic, gsm8k, aqua, ecqa, gsm8k-rank, mmlu, custom
  did you mean: arithmetic`,
    );
  });

  it.each(["constructor", "toString", "valueOf", "hasOwnProperty"])(
    "%s, which JavaScript's maps have by nature, is a key like another",
    async (key) => {
      expect(await errorOf(withChange("sample: {max", `sample: {${key}: 1, max`))).toBe(
        `main.yaml:6:19: unknown key "${key}" in stages.sample
  found: 1
  expected: one of questions, k, temperature, topP, maxNewTokens, seed`,
      );
      const set = loadExperiment(join(folderOf({ "main.yaml": smallest }), "main.yaml"), {
        set: [`${key}.a=1`],
      });
      await expect(set).rejects.toThrow(`(--set ${key}.a=1): unknown key "${key}"`);
    },
  );

  it("a setting named __proto__, which no map would keep", async () => {
    const folder = folderOf({ "main.yaml": smallest });
    const set = loadExperiment(join(folder, "main.yaml"), { set: ["methods.__proto__.method=vft"] });
    await expect(set).rejects.toThrow("(--set methods.__proto__.method=vft): no key can have this name");
  });

  it("of thousands of unknown keys the first twenty, and their number", async () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `key${at}: 1\n`).join("");
    const message = await errorOf({ "main.yaml": `${smallest}${keys}` });
    expect(message.match(/unknown key "/g)).toHaveLength(20);
    expect(message).toContain("2980 more unknown keys, from here on");
  });

  it("a number out of range", async () => {
    expect(await errorOf(withChange("sample: {max", "sample: {topP: 1.5, max"))).toBe(
      `main.yaml:6:25: bad value for stages.sample.topP
  found: 1.5
  expected: a number greater than 0 and at most 1`,
    );
  });

  it("a whole number that no number holds, by all its digits, and half of a character", async () => {
    expect(await errorOf(withChange("stages: {", "stages: {vft: {steps: 12345678901234567891}, "))).toBe(
      `main.yaml:6:23: bad value for stages.vft.steps: whole numbers are not exact beyond 2^53
  found: "12345678901234567891"
  expected: a whole number of at least 1`,
    );
    expect(await errorOf(withChange("stages: {", 'stages: {vft: {steps: "\\ud83d"}, '))).toContain(
      "main.yaml:6:23: this text: half of a character, as where a text was cut in the middle of one",
    );
  });

  it("a number in quotes", async () => {
    expect(await errorOf(withChange("stages: {", 'stages: {vft: {learningRate: "2e-5"}, '))).toBe(
      `main.yaml:6:30: bad value for stages.vft.learningRate
  found: "2e-5"
  expected: a number greater than 0
  did you mean: 2e-5 (without quotes)`,
    );
  });

  it("yes for true", async () => {
    expect(await errorOf(withChange("evaluate: {max", "evaluate: {greedy: yes, max"))).toBe(
      `main.yaml:6:57: bad value for stages.evaluate.greedy
  found: "yes"
  expected: true or false
  did you mean: true`,
    );
  });

  it("a key that is missing", async () => {
    expect(await errorOf(withChange("{method: vft}", "{method: aft, constraint: boundary}"))).toBe(
      `main.yaml:9:3: missing key "beta" in methods.more
  expected: beta: a number of at least 0, auto or a map with search (and questions)`,
    );
  });

  it("a key that goes with another choice", async () => {
    expect(await errorOf(withChange("{method: vft}", "{method: aft, constraint: none, beta: 0.1}"))).toBe(
      `main.yaml:9:41: methods.more.beta goes with constraint: boundary or ranked-boundary only
  found: 0.1
  expected: no beta with method: aft, constraint: none
  fix: remove it; where it is inherited, write \`beta: null\``,
    );
  });

  it("two choices at once", async () => {
    expect(await errorOf(withChange("stages: {", "stages: {vft: {epochs: 1, steps: 100}, "))).toBe(
      `main.yaml:6:34: stages.vft.steps: epochs and steps are both given
  found: 100
  expected: only one of epochs, steps`,
    );
  });

  it("a model folder that is not there", async () => {
    const message = await errorOf(withChange("create: {}", "path: ./my-model"));
    expect(message).toBe(
      `main.yaml:3:9: model.path: no such folder: my-model
  found: "./my-model"
  expected: a folder with a model in Hugging Face format (config.json), relative to the file that names it`,
    );
  });

  it("a name that cannot be a folder", async () => {
    expect(await errorOf(withChange("name: small", "name: My Run"))).toBe(
      `main.yaml:1:7: bad value for name
  found: "My Run"
  expected: lower-case letters, digits and dashes
  did you mean: my-run`,
    );
  });

  it("settings that are right each, but not together", async () => {
    expect(await errorOf(withChange("sample: {maxNewTokens: 64", "sample: {maxNewTokens: 256"))).toBe(
      `main.yaml:6:33: stages.sample.maxNewTokens: does not fit the model: prompt and response share its maxPositions (256)
  found: 256
  expected: a whole number less than 256`,
    );
  });

  it("a --set that names nothing", async () => {
    expect(await errorOf({ "main.yaml": smallest }, ["worker.thread=3"])).toBe(
      `(--set worker.thread=3): unknown key "thread" in worker
  found: 3
  expected: one of device, devices, nodes, sharding, rendezvous, rankSeconds, threads, python, launch, transport, maxTokensPerBatch, samplesAtOnce, sampler, vllmPython, vllm
  did you mean: threads`,
    );
  });
});

describe("less common ones", () => {
  it.each([
    ["name: small", "name: small\nextend: a.yaml", 'unknown key "extend"', "did you mean: extends"],
    ["stages: {", "stages: {vft: {learningRate: .inf}, ", 'found: "Infinity"', "a number greater than 0"],
    ["stages: {", "seeds: 1\nstages: {", "bad value for seeds", "a list of at least 1, each a whole number"],
    ["model:\n  create: {}", "model: [a]", "bad value for model", "a map with any of the keys create, path"],
    ["{method: keep}", "keep", "bad value for methods.kept", "a map with method: one of keep, vft, rft, aft"],
    ["{method: keep}", "{label: x}", 'missing key "method" in methods.kept', "method: one of keep, vft"],
    [
      "{method: vft}",
      "{method: aft}",
      'missing key "constraint"',
      "constraint: one of none, detached, bound",
    ],
    [
      "{method: keep}",
      "{method: keep, train: {steps: 1}}",
      `train goes with method: ${inWords(Object.keys(methods).filter((name) => name !== "keep"))} only`,
      "",
    ],
    ["create: {}", "hub: a b", "bad value for model.hub", "a hub name such as organisation/name"],
  ])("%s -> %s", async (from, to, what, expected) => {
    const message = await errorOf(withChange(from, to));
    expect(message).toContain(what);
    expect(message).toContain(expected);
  });

  it("a missing section", async () => {
    const text = (await errorOf({ "main.yaml": "name: x\n" })).replace(/\n {2}fix: .*$/, "");
    expect(text).toBe(
      `main.yaml:1:1: missing key "model"
  expected: model: a map with any of the keys create, path, hub, get, gguf, revision, dtype, attention, adapter, gradientCheckpointing
main.yaml:1:1: missing key "tasks"
  expected: tasks: a list of at least 1, each a map with task: one of arithmetic, gsm8k, aqua, ecqa, gsm8k-rank, mmlu, custom
main.yaml:1:1: missing key "methods"
  expected: methods: a map of names to settings`,
    );
  });
});

describe("an experiment without methods", () => {
  it.each(["", "methods: {}\n"])(
    "is told which fragments give some, from where it lies: %j",
    async (methods) => {
      const begin = smallest.slice(0, smallest.indexOf("methods:"));
      const folder = folderOf({ "sub/main.yaml": `${begin}${methods}` });
      const told = await loadExperiment(join(folder, "sub/main.yaml")).catch(
        (error: AftError) => error.message,
      );
      const fix = String(told).split("\n").at(-1)!;
      const [, list, others] = /^ {2}fix: extends: \[(.*)\] gives three; there are also (.*)$/.exec(fix)!;
      const paths = list!.split(", ");
      expect(paths.map((path) => basename(path))).toEqual([
        "vft-kept.yaml",
        "vft-continued.yaml",
        "aft-bc.yaml",
      ]);
      expect(others!.split(", ")).toContain("rft");
      writeFileSync(join(folder, "sub/main.yaml"), `extends: [${list}]\n${begin}`);
      const { experiment } = await loadExperiment(join(folder, "sub/main.yaml"));
      expect(Object.keys(experiment.methods)).toEqual(["vft-kept", "vft-continued", "aft-bc"]);
    },
  );
});

describe("errors are told", () => {
  it("all at once, in the order of the file, --set last", async () => {
    const places = (
      await errorOf(
        {
          "main.yaml": `name: A B
nmae: x
model: {create: {heads: 5, layers: two}}
tasks: []
stages: {align: {schedule: {shape: cosin}, epochs: 1, steps: 2}}
methods: {}
`,
        },
        ["seeds=[1,1]", "report.examples=-1"],
      )
    )
      .split("\n")
      .filter((line) => !line.startsWith("  "));
    expect(places).toEqual([
      "main.yaml:1:7: bad value for name",
      'main.yaml:2:1: unknown key "nmae"',
      "main.yaml:3:36: bad value for model.create.layers",
      "main.yaml:4:8: bad value for tasks",
      "main.yaml:5:36: bad value for stages.align.schedule.shape",
      "main.yaml:5:62: stages.align.steps: epochs and steps are both given",
      "main.yaml:6:1: methods: no methods to compare",
      "(--set seeds=[1,1]): seeds: a seed is given twice",
      "(--set report.examples=-1): bad value for report.examples",
    ]);
  });

  it("with the file that the setting came from", async () => {
    const message = await errorOf({
      "main.yaml": `extends: parts/base.yaml\n${smallest}report: {examples: 3}\n`,
      "parts/base.yaml": "# a comment\nworker:\n  device: gpu\nreport: {examples: many}\n",
    });
    expect(message).toBe(`parts/base.yaml:3:11: bad value for worker.device
  found: "gpu"
  expected: auto, cpu, cuda, cuda:N or mps`);
  });

  it("for the chosen kind of method alone", async () => {
    const withBeta = groupMethodKinds.filter((kind) =>
      methods[kind].settings.options.some(({ shape }) => "beta" in shape),
    );
    expect(await errorOf(withChange("{method: keep}", "{method: rft, checkEquations: 1, beta: 2}"))).toBe(
      `main.yaml:8:39: bad value for methods.kept.checkEquations
  found: 1
  expected: true or false
main.yaml:8:42: methods.kept.beta goes with method: ${inWords(withBeta)} only
  found: 2
  expected: no beta with method: rft
  fix: remove it; where it is inherited, write \`beta: null\``,
    );
  });
});

describe("what does not go together", () => {
  it.each([
    ["create: {}", "create: {heads: 5}", "model.create.heads: heads does not divide hiddenSize (96)"],
    ["create: {}", "create: {keyValueHeads: 3}", "keyValueHeads does not divide heads (4)"],
    ["create: {}", "create: {tokenizer: {vocabularySize: 9}}", "vocabularySize goes with kind: bpe or sent"],
    ["create: {}", "create: {headDim: 15}", "model.create.headDim: headDim is odd"],
    ["create: {}", "create: {slidingWindow: 9}", "slidingWindow: architecture llama has no sliding window"],
    [
      "create: {}",
      "create: {architecture: qwen, logitSoftcap: 9}",
      "model.create.logitSoftcap: architecture qwen has no soft-cap",
    ],
    [
      "create: {}",
      "create: {architecture: gemma}\n  attention: sdpa",
      "model.attention: attention sdpa has no soft-cap, which architecture gemma needs",
    ],
    ["create: {}", "create: {}\n  hub: a/b", "model.hub: create and hub are both given"],
    ["create: {}", "create: {}\n  get: smollm2-135m", "model.get: create and get are both given"],
    ["create: {}", "dtype: auto", "model: the model is not named"],
    ["create: {}", "create: {}\n  revision: main", "model.revision: revision goes with hub only"],
    [
      "task: arithmetic",
      "task: arithmetic\n    items: [4, 2]",
      "tasks.0.items: the smallest is above the largest",
    ],
    ["task: arithmetic", "task: arithmetic\n    operations: [subtract]", "before anything can be given away"],
    [
      "task: arithmetic",
      "task: arithmetic\n  - task: arithmetic",
      "tasks.1.task: a second task of this name",
    ],
    [
      "task: arithmetic",
      "{task: gsm8k, trainFile: a, testFile: main.yaml}",
      "tasks.0.trainFile: no such file: a",
    ],
    ["sample: {", "sample: {questions: 20001, ", "more than the 20000 training questions that the task has"],
    ["evaluate: {", "evaluate: {questions: 1001, ", "more than the 1000 test questions that the task has"],
    [
      "evaluate: {",
      "evaluate: {split: validation, questions: 501, ",
      "more than the 500 validation questions",
    ],
    ["stages: {", "stages: {vft: {steps: 50, schedule: {warmupSteps: 50}}, ", "takes all of the 50 steps"],
    ["stages: {", "stages: {align: {steps: 9, schedule: {warmupRatio: 1}}, ", "takes all of the 9 steps"],
    [
      "{method: vft}",
      "{method: vft, train: {steps: 4, schedule: {warmupSteps: 4}}}",
      "methods.more.train.schedule.warmupSteps",
    ],
    ["methods:", "methods:\n  Not a slug: {method: keep}", "bad name in methods"],
  ])("%s -> %s", async (from, to, expected) => {
    expect(await errorOf(withChange(from, to))).toContain(expected);
  });
});
