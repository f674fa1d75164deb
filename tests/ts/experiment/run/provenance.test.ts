import { expect, it } from "vitest";
import { peaksIn, provenanceOf } from "../../../../ts/experiment/run/provenance.ts";
import type { RunRecord } from "../../../../ts/experiment/run/run-record.ts";
import type { Manifest } from "../../../../ts/experiment/store/manifest.ts";

const manifest = (more: Partial<Manifest>) => ({
  directory: "artefact",
  manifest: {
    stage: "x",
    codeVersion: 1,
    settings: {},
    inputs: {},
    key: "k",
    storeVersion: 2,
    files: {},
    facts: {},
    seconds: 1,
    finishedAt: "",
    ...more,
  },
});

const record = {
  configYaml: "model: {}\n",
  tasks: [{ name: "sums", questions: "q" }],
  stages: [
    { stage: "create", seed: 3, artefact: "c" },
    { stage: "vft", seed: 3, artefact: "v" },
  ],
  seeds: [
    {
      seed: 3,
      vft: "v",
      arms: [
        { method: "kept", checkpoint: "v", evaluate: [] },
        { method: "bc", align: "a", checkpoint: "a", evaluate: [] },
        { method: "old", align: "o", checkpoint: "o", evaluate: [] },
      ],
    },
  ],
} as unknown as RunRecord;

it("names the digests of the user's files, of the questions made of them, and of every trained method's weights", () => {
  const { data, weights } = provenanceOf(
    record,
    new Map([
      [
        "q",
        manifest({
          settings: { identity: { trainFile: "11" } },
          files: { "test.jsonl": { bytes: 1, sha256: "22" } },
        }),
      ],
      ["c", manifest({ facts: { digest: "00" } })],
      ["v", manifest({ facts: { digest: "33" } })],
      ["a", manifest({ facts: { digest: "44" } })],
      ["o", manifest({})],
    ]),
  );
  expect(data).toEqual([
    { task: "sums", file: "trainFile", digest: "11" },
    { task: "sums", file: "test.jsonl", digest: "22" },
  ]);
  expect(weights).toEqual([
    { method: "the base model", seed: 3, digest: "00" },
    { method: "VFT", seed: 3, digest: "33" },
    { method: "bc", seed: 3, digest: "44" },
  ]);
});

it("says what a model is that was made here, and how many questions VFT may learn from", () => {
  const tasks = ["train", "evaluate"].map((use) => ({ name: use, use, questions: use }));
  const opened = new Map(["v", "a", "o"].map((name) => [name, manifest({})]));
  const create = { architecture: "llama", layers: 3, hiddenSize: 96 };
  opened.set("c", manifest({ settings: { create }, facts: { parameters: 338688 } }));
  opened.set("train", manifest({ facts: { train: 2000 } }));
  opened.set("evaluate", manifest({ facts: { train: 500 } }));
  expect(provenanceOf({ ...record, tasks } as unknown as RunRecord, opened)).toMatchObject({
    model: "a llama made from scratch, 3 layers of width 96, 338,688 parameters",
    vftQuestions: 2000,
  });
});

it.each([
  [{ hub: "some/model", revision: "main" }, "some/model, revision main"],
  [{ folder: "ab" }, "a folder of weights with digest ab"],
  [undefined, undefined],
])("names the base model %j", (base, told) => {
  const opened = new Map(["q", "a", "o", "c"].map((name) => [name, manifest({})]));
  opened.set("v", manifest({ settings: base === undefined ? {} : { base } }));
  expect(provenanceOf(record, opened).base).toBe(told);
});

it("names a model that `aft model get` keeps", () => {
  const opened = new Map(["q", "a", "o", "c"].map((name) => [name, manifest({})]));
  opened.set("v", manifest({ settings: { base: { folder: "ab" } } }));
  const kept = { ...record, configYaml: "model: {get: smollm2-135m}\n" };
  expect(provenanceOf(kept, opened).base).toBe(
    "SmolLM2-135M-Instruct, 4-bit, a folder of weights with digest ab",
  );
});

it("names each sampler once, and none where no artefact tells it", () => {
  const stages = ["s", "t", "e", "j"].map((artefact) => ({
    stage: { s: "sample", t: "sample", e: "evaluate", j: "judge" }[artefact]!,
    artefact,
  }));
  const sampler = { name: "vllm", version: "0.32.0" };
  const opened = new Map(["q", "c", "v", "a", "o", "s", "j"].map((name) => [name, manifest({})]));
  opened.set("t", manifest({ facts: { sampler } }));
  opened.set("e", manifest({ facts: { sampler } }));
  expect(provenanceOf({ ...record, stages } as unknown as RunRecord, opened).samplers).toEqual([sampler]);
  expect(provenanceOf(record, opened).samplers).toEqual([]);
});

it("takes the highest memory from what a stage noted, and nothing from an artefact that does not tell it", () => {
  expect(peaksIn({ memory: { residentBytes: 1, peakResidentBytes: 5, peakAcceleratorBytes: 0 } })).toEqual({
    peakResidentBytes: 5,
    peakAcceleratorBytes: 0,
  });
  expect(peaksIn({ tokens: 3 })).toEqual({});
});
