import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadExperiment } from "../../../ts/config/index.ts";
import { projectRoot } from "../../../ts/core/project.ts";
import { errorOf, folderOf, load, smallest } from "./helpers.ts";

describe("extends", () => {
  it("lays files over each other in order, this one last: maps merge, lists and values replace", async () => {
    const { experiment, sources } = await load({
      "main.yaml": `extends: [a.yaml, deep/b.yaml]\n${smallest}seeds: [7]\nreport: {examples: 1}\n`,
      "a.yaml": "seeds: [1, 2, 3]\nworker: {threads: 1, device: cpu}\nreport: {examples: 9}\n",
      "deep/b.yaml": "extends: ../c.yaml\nworker: {threads: 2}\n",
      "c.yaml": "description: from c\nworker: {threads: 3, maxTokensPerBatch: 512}\n",
    });
    expect(experiment.seeds).toEqual([7]);
    expect(experiment.worker).toEqual({
      device: "cpu",
      devices: 1,
      nodes: 1,
      rankSeconds: 60,
      sharding: "auto",
      threads: 2,
      maxTokensPerBatch: 512,
      sampler: "auto",
      transport: "stdio",
    });
    expect(experiment.report.examples).toBe(1);
    // What another experiment says of itself is not said of this one.
    expect(experiment.description).toBe("");
    expect(sources.map((file) => file.split("/").at(-1))).toEqual([
      "a.yaml",
      "c.yaml",
      "b.yaml",
      "main.yaml",
    ]);
  });

  it("finds this software's own files by the names that the guide uses, a file of one's own first", async () => {
    const main = "extends: experiments/miniature.yaml\n";
    const { sources } = await load({ "main.yaml": main });
    expect(sources).toContain(join(projectRoot, "experiments", "miniature.yaml"));
    const own = await load({ "main.yaml": main, "experiments/miniature.yaml": smallest });
    expect(own.experiment.name).toBe("small");
    expect(own.sources.length).toBe(2);
  });

  it("removes an inherited key by null", async () => {
    const { experiment } = await load({
      "main.yaml": "extends: base.yaml\nmethods: {more: null}\nworker: {threads: null}\n",
      "base.yaml": `${smallest}worker: {threads: 4, device: cpu}\n`,
    });
    expect(Object.keys(experiment.methods)).toEqual(["kept"]);
    expect(experiment.worker).not.toHaveProperty("threads");
  });

  it("lets a later choice replace an earlier one where only one is allowed", async () => {
    const folder = folderOf({
      "main.yaml":
        "extends: base.yaml\nmodel: ./other\nstages: {vft: {steps: 5, schedule: {warmupSteps: 1}}}\n",
      "base.yaml": `${smallest.replace("stages: {", "stages: {vft: {epochs: 2, schedule: {warmupRatio: 0.5}}, ")}`,
      "other/config.json": "{}",
    });
    const { experiment } = await loadExperiment(join(folder, "main.yaml"));
    expect(experiment.model).toMatchObject({ path: join(folder, "other") });
    expect(experiment.model.create).toBeUndefined();
    expect(experiment.stages.vft.epochs).toBeUndefined();
    expect(experiment.stages.vft.steps).toBe(5);
    expect(experiment.stages.vft.schedule).toEqual({ shape: "cosine", minimumRatio: 0, warmupSteps: 1 });
  });

  it("keeps methods whose names happen to be keys that exclude each other elsewhere", async () => {
    const { experiment } = await load({
      "main.yaml": "extends: base.yaml\nmethods: {steps: {method: vft}}\n",
      "base.yaml": smallest.replace("more:", "epochs:"),
    });
    expect(Object.keys(experiment.methods)).toEqual(["kept", "epochs", "steps"]);
  });

  it("may reach one file in two ways", async () => {
    const { sources } = await load({
      "main.yaml": `extends: [a.yaml, b.yaml]\n${smallest}`,
      "a.yaml": "extends: c.yaml\n",
      "b.yaml": "extends: c.yaml\n",
      "c.yaml": "seeds: [3]\n",
    });
    expect(sources.map((file) => file.split("/").at(-1))).toEqual([
      "c.yaml",
      "a.yaml",
      "b.yaml",
      "main.yaml",
    ]);
  });

  it("in a circle is refused, with the way round", async () => {
    expect(await errorOf({ "main.yaml": "extends: a.yaml\n", "a.yaml": "extends:\n  - main.yaml\n" })).toBe(
      "a.yaml:2:5: extends goes round in a circle: main.yaml -> a.yaml -> main.yaml",
    );
  });

  it("of a file that is not there names the place and the nearest file", async () => {
    expect(
      await errorOf({
        "main.yaml": `extends: [parts/tiny-lama.yaml]\n${smallest}`,
        "parts/tiny-llama.yaml": "",
      }),
    ).toBe(`main.yaml:1:11: no such file: parts/tiny-lama.yaml
  found: "parts/tiny-lama.yaml"
  expected: a YAML file
  did you mean: parts/tiny-llama.yaml`);
  });

  it("names the nearest of this software's own files where the name is one of theirs", async () => {
    const text = `extends: experiments/miniatur.yaml\n${smallest}`;
    expect(await errorOf({ "main.yaml": text })).toContain("did you mean: experiments/miniature.yaml");
  });

  it("takes file names only", async () => {
    expect(await errorOf({ "main.yaml": `extends: [3]\n${smallest}` })).toBe(
      `main.yaml:1:11: bad value for extends
  found: 3
  expected: a file name, or a list of file names, relative to this file`,
    );
  });

  it("null where nothing is inherited is an error that says so", async () => {
    expect(await errorOf({ "main.yaml": `${smallest}report:\n` })).toBe(
      `main.yaml:10:1: report has no value
  expected: a value, or no such key: null only removes what a file named in extends gives`,
    );
  });
});

describe("--set", () => {
  it("lays YAML values over the files", async () => {
    const { experiment } = await load(
      { "main.yaml": smallest },
      {
        set: ["stages.sample.temperature=0.7", "seeds=[4, 5]", "tasks.0.train=50", "methods.more=null"],
      },
    );
    expect(experiment.stages.sample.temperature).toBe(0.7);
    expect(experiment.seeds).toEqual([4, 5]);
    expect(experiment.tasks[0]).toMatchObject({ task: "arithmetic", train: 50 });
    expect(Object.keys(experiment.methods)).toEqual(["kept"]);
  });

  it("the later of two wins", async () => {
    const { experiment } = await load({ "main.yaml": smallest }, { set: ["seeds=[1]", "seeds=[2]"] });
    expect(experiment.seeds).toEqual([2]);
  });

  it("takes a value with a # as it stands: nobody comments on one, and #### begins an answer", async () => {
    for (const [written, meant] of [
      ["#### (A|B)", "#### (A|B)"],
      ["So # (A|B)", "So # (A|B)"],
      ['"#### (A|B)"', "#### (A|B)"],
      ["null #1", "null #1"],
      ["(A|B)#", "(A|B)#"],
    ]) {
      const { experiment } = await load({ "main.yaml": smallest }, { set: [`description=${written}`] });
      expect(experiment.description).toBe(meant);
    }
  });

  it.each(["seeds", "=3", "a..b=1"])("%s is no setting", async (setting) => {
    expect(await errorOf({ "main.yaml": smallest }, [setting])).toBe(
      `(--set ${setting}): not a setting\n  expected: --set key=value or --set a.b=value`,
    );
  });

  it("reaches into the one task by its short key", async () => {
    const { experiment } = await load({ "main.yaml": smallest }, { set: ["task.train=50"] });
    expect(experiment.tasks).toEqual([expect.objectContaining({ task: "arithmetic", train: 50 })]);
  });

  it("does not reach past the end of a list", async () => {
    expect(await errorOf({ "main.yaml": smallest }, ["tasks.1.train=50"])).toContain("bad value for tasks");
  });
});

describe("task and tasks take one task or several, each by its name or with its settings", () => {
  const withTask = (lines: string) => ({
    "main.yaml": smallest.replace("tasks:\n  - task: arithmetic", lines),
  });
  const tasksOf = async (lines: string) => {
    const { experiment } = await load(withTask(lines));
    return experiment.tasks;
  };
  const plain = [expect.objectContaining({ task: "arithmetic", train: 20_000 })];
  const short = [expect.objectContaining({ task: "arithmetic", train: 90, items: [2, 3] })];

  it.each([
    "task: arithmetic",
    "tasks: arithmetic",
    "tasks: [arithmetic]",
    "task: {arithmetic: }",
    "task: [arithmetic]",
  ])("%s", async (lines) => expect(await tasksOf(lines)).toEqual(plain));

  const settings = "train: 90, items: [2, 3]";
  it.each([
    `task: {task: arithmetic, ${settings}}`,
    `task: {arithmetic: {${settings}}}`,
    `tasks: {arithmetic: {${settings}}}`,
    `tasks: [{arithmetic: {${settings}}}]`,
  ])("%s", async (lines) => expect(await tasksOf(lines)).toEqual(short));

  it("says of settings without a task's name what is missing", async () => {
    expect(await errorOf(withTask("task: {train: 90}"))).toContain(
      'missing key "task" in tasks.0\n  expected: task: one of arithmetic, gsm8k,',
    );
  });
});

describe("model: TEXT", () => {
  it("is a folder when one is there, else a hub name", async () => {
    const files = { "main.yaml": smallest.replace("model:\n  create: {}", "model: org/name") };
    expect((await load(files)).experiment.model).toMatchObject({ hub: "org/name" });
    const folder = folderOf(files);
    mkdirSync(join(folder, "org/name"), { recursive: true });
    writeFileSync(join(folder, "org/name/config.json"), "{}");
    const { experiment } = await loadExperiment(join(folder, "main.yaml"));
    expect(experiment.model).toMatchObject({ path: join(folder, "org/name") });
  });

  it("is a model of `aft model get` by its name, where no folder has it", async () => {
    const files = { "main.yaml": smallest.replace("model:\n  create: {}", "model: smollm2-135m") };
    expect((await load(files)).experiment.model).toMatchObject({ get: "smollm2-135m" });
    const folder = folderOf({ ...files, "smollm2-135m/config.json": "{}" });
    const { experiment } = await loadExperiment(join(folder, "main.yaml"));
    expect(experiment.model).toMatchObject({ path: join(folder, "smollm2-135m") });
  });

  it("is a GGUF file where it ends so, relative to the file that names it", async () => {
    const text = smallest.replace("model:\n  create: {}", "model: weights/tiny.gguf");
    const folder = folderOf({ "main.yaml": text, "weights/tiny.gguf": "GGUF" });
    const { experiment } = await loadExperiment(join(folder, "main.yaml"));
    expect(experiment.model).toMatchObject({ gguf: join(folder, "weights/tiny.gguf") });
    expect(await errorOf({ "main.yaml": text })).toContain("model.gguf: no such file: weights/tiny.gguf");
  });

  it("is no GGUF file where its first bytes are others", async () => {
    const text = smallest.replace("model:\n  create: {}", "model: tiny.gguf");
    expect(await errorOf({ "main.yaml": text, "tiny.gguf": "version https://" })).toContain(
      'main.yaml:2:8: model.gguf: is not a GGUF file (it begins with "vers"): tiny.gguf',
    );
    expect(await errorOf({ "main.yaml": text, "tiny.gguf": "" })).toContain(
      "model.gguf: is not a GGUF file (it is empty)",
    );
  });

  it("near a name of `aft model get` is asked of the hub, with a warning", async () => {
    const warned = async (model: string) =>
      (await load({ "main.yaml": smallest.replace("model:\n  create: {}", `model: ${model}`) })).warnings;
    const meant = "is looked for on the hub; smollm2-135m is a model that aft model get makes";
    for (const model of ["smollm2-13m", "SmolLM2-135M"])
      expect(await warned(model)).toContain(`model ${model} ${meant}`);
    for (const model of ["gpt2", "HuggingFaceTB/SmolLM2-135M"])
      expect((await warned(model)).join()).not.toContain("hub");
  });

  it("takes the place of the model that a file below it names", async () => {
    const { experiment } = await load(
      { "main.yaml": `extends: below.yaml\nname: x\nmodel: smollm2-135m\n`, "below.yaml": smallest },
      { set: ["model=org/name"] },
    );
    expect(experiment.model).toMatchObject({ hub: "org/name" });
    expect([experiment.model.create, experiment.model.get]).toEqual([undefined, undefined]);
  });

  it("with a leading dot is a folder, and missed when it is not there", async () => {
    const message = await errorOf({
      "main.yaml": smallest.replace("model:\n  create: {}", "model: ./org/name"),
    });
    expect(message).toContain("main.yaml:2:8: model.path: no such folder: org/name");
  });

  it("relative to the file that names it, not to the one that extends it", async () => {
    const folder = folderOf({
      "main.yaml": `extends: parts/model.yaml\n${smallest.replace("model:\n  create: {}\n", "")}`,
      "parts/model.yaml": "model: ./weights\n",
      "parts/weights/config.json": "{}",
    });
    const { experiment } = await loadExperiment(join(folder, "main.yaml"));
    expect(experiment.model.path).toBe(join(folder, "parts/weights"));
  });

  it("a folder without a model in it is refused", async () => {
    const message = await errorOf({
      "main.yaml": smallest.replace("create: {}", "path: weights"),
      "weights/readme": "",
    });
    expect(message).toContain("model.path: no config.json in weights");
  });
});

describe("a file that is no experiment", () => {
  it.each([
    ["", "main.yaml: the file is empty"],
    ["# only a comment\n", "main.yaml: the file is empty"],
    ["- name: x\n", "main.yaml:1:1: the file is a list"],
    ["just words\n", "main.yaml:1:1: the file is a single value"],
    [`${smallest}seeds: [1]\nseeds: [2]\n`, 'main.yaml:11:1: the key "seeds" is given twice in one map'],
    ["name: x\nworker:\n\tdevice: cpu\n", "main.yaml:3:1: a tab is used to indent"],
    ["name: x\n---\nname: y\n", "main.yaml:2:1: a second document starts here"],
    ["name: x\nseeds: [1, 2\nworker: {}\n", "main.yaml:3:1: a ] is missing before this"],
    ["name: x\n  seeds: [1]\n", "main.yaml:1:7: a value that holds another `key: value`"],
    ["name: x\nworker:{}\nseeds: [1]\n", "main.yaml:2:1: a line that is no `key: value`"],
    ["worker:\n  device: cpu\n threads: 2\n", "main.yaml:3:1: wrong indentation"],
    ["description: 'it\nname: x\n", "a quoted text does not end"],
    ["description: @x\n", "main.yaml:1:14: a text cannot start with @"],
    ["seeds: [1,,2]\n", "main.yaml:1:11: not valid YAML: Unexpected , in flow sequence"],
    ["name: *nowhere\n", "main.yaml:1:7: no anchor &nowhere before this alias"],
    ["worker: &a {threads: *a}\n", "main.yaml:1:22: the alias *a contains itself"],
    [`${smallest}  __proto__: {method: vft}\n`, "main.yaml:10:3: no key can have this name"],
  ])("%j -> %s", async (text, expected) => {
    expect(await errorOf({ "main.yaml": text })).toContain(expected);
  });

  it("lists within lists, thousands deep", async () => {
    const text = `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    expect(await errorOf({ "main.yaml": text })).toContain(
      "lists or maps within each other too deep to be read",
    );
  });

  it("lists that open a million times and never close", async () => {
    expect(await errorOf({ "main.yaml": `name: x\na: ${"[".repeat(1_000_000)}` })).toContain(
      "main.yaml:2:104: lists or maps within each other too deep to be read",
    );
  });

  it("thousands of aliases of one value", async () => {
    const text = `${smallest}aliases: [&a 1, ${"*a, ".repeat(20_000)}*a]\n`;
    expect(await errorOf({ "main.yaml": text })).toContain('unknown key "aliases"');
  });

  it("an anchor that is given again is another from there on", async () => {
    const text = `${smallest}seeds: [&a 1, &a -2, *a]\n`;
    expect(await errorOf({ "main.yaml": text })).toContain("bad value for seeds.2\n  found: -2");
  });

  it("aliases that multiply: eleven lines for 31,000,000,000 values", async () => {
    const lines = Array.from({ length: 11 }, (_, at) => {
      const items =
        at === 0
          ? "0"
          : Array(9)
              .fill(`*a${at - 1}`)
              .join();
      return `a${at}: &a${at} [${items}]`;
    });
    expect(await errorOf({ "main.yaml": lines.join("\n") })).toContain(
      "with this alias the file holds more than 100000 values",
    );
  });

  it("a missing one is named with its nearest neighbour", async () => {
    const folder = folderOf({ "quickstart.yaml": smallest });
    await expect(loadExperiment(join(folder, "quickstrat.yaml"))).rejects.toThrow(
      `${folder}/quickstrat.yaml: no such file\n  expected: a YAML file\n  did you mean: ${folder}/quickstart.yaml`,
    );
  });

  it("a folder is not a file", async () => {
    const folder = folderOf({});
    await expect(loadExperiment(folder)).rejects.toThrow("is a folder");
  });

  it("syntax errors of all the files are told together", async () => {
    const message = await errorOf({
      "main.yaml": "extends: [a.yaml, b.yaml]\n",
      "a.yaml": "x: [",
      "b.yaml": "",
    });
    expect(message).toContain("a.yaml:1:5: a ] is missing before this");
    expect(message).toContain("b.yaml: the file is empty");
  });
});

describe("what loading gives", () => {
  it("YAML that loads to the same experiment again", async () => {
    const { experiment, yaml } = await load({ "main.yaml": smallest });
    expect(parse(yaml)).toEqual(experiment);
    expect((await load({ "main.yaml": yaml })).experiment).toEqual(experiment);
  });

  it("anchors and aliases resolved", async () => {
    const { experiment } = await load({
      "main.yaml": `${smallest.replace("sample: {", "sample: &s {").replace("evaluate: {maxNewTokens: 64}", "evaluate: *s")}`,
    });
    expect(experiment.stages.evaluate.maxNewTokens).toBe(64);
  });

  it("warnings, not errors, for comparisons that would mislead", async () => {
    const files = {
      "main.yaml": smallest.replace(/ {2}kept[\s\S]*/, "  rft: {method: rft}\n"),
    };
    expect((await load(files)).warnings).toEqual([
      "no method continues VFT (method: vft): a gain over VFT may only mean more training, not a better loss",
      "no method keeps the VFT weights (method: keep): the report cannot show what changed since VFT",
    ]);
    expect((await load({ "main.yaml": smallest })).warnings).toEqual([]);
  });
});
