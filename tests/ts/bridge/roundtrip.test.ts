import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ensurePython,
  isWorkerFailure,
  type Params,
  type Progress,
  startWorker,
  type Worker,
} from "../../../ts/bridge/index.ts";
import { defined } from "../../../ts/core/defined.ts";
import { rejection, transports } from "./harness.ts";

const prompt = "Cat buys 2 boxes of 3 keys.";
const right = " 2 * 3 = 6 ; #### 6";
const wrong = " 2 * 3 = 5 ; #### 5";

/** Every method once, with a real model of two layers. The steps build on one another, in the order of a run. */
describe.each(transports)("over %s, with torch", (transport) => {
  let worker: Worker;
  let folder: string;
  let model: string;
  let digest: string;
  let run: string;
  const at = (name: string): string => join(folder, name);
  const groups = (): Params<"train/step">["groups"] => [
    {
      id: "q",
      prompt,
      responses: [
        { text: right, target: true, label: "positive", rank: 1 },
        { text: wrong, target: false, label: "negative", rank: 2 },
      ],
    },
  ];
  const begin = (): Params<"train/begin"> => ({
    model,
    optimizer: { learningRate: 1e-2, betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0, clipNorm: 1 },
    schedule: { shape: "constant", totalSteps: 4, warmupSteps: 0, minimumRatio: 0 },
    loss: { kind: "alignment", constraint: "boundary", weight: 1, beta: 0.1, detachBoundary: true },
    seed: 1,
    maxTokensPerBatch: 512,
  });
  const where = { dtype: "float32", device: "cpu", attention: "sdpa" } as const;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aft-test-"));
    worker = await startWorker({ transport, python: await ensurePython(), threads: 1 });
  });
  afterAll(async () => {
    await worker.close();
    await rm(folder, { recursive: true });
  });

  test("device/info", async () => {
    const info = await worker.request("device/info", {});
    expect(info.threads).toBe(1);
    expect(info.packages.torch).toMatch(/^2\./);
    expect(info.devices.map((device) => device.name)).toContain("cpu");
  });

  test("tokenizer/train", async () => {
    const texts = [prompt + right, prompt + wrong];
    const params = { kind: "words", texts, directory: at("tokenizer") } as const;
    expect((await worker.request("tokenizer/train", params)).vocabularySize).toBeGreaterThan(10);
    expect(await readdir(at("tokenizer"))).toContain("tokenizer.json");
  });

  test("model/create", async () => {
    const size = { hiddenSize: 16, intermediateSize: 32, layers: 2, heads: 2, maxPositions: 64 };
    const rest = { tieEmbeddings: true, initStd: 0.05, tokenizer: at("tokenizer"), seed: 1 };
    const info = await worker.request("model/create", { architecture: "llama", ...size, ...rest, ...where });
    expect(info).toMatchObject({ dtype: "float32", device: "cpu" });
    ({ model, digest } = info);
  });

  test("model/save, model/load, model/digest, model/unload", async () => {
    expect((await worker.request("model/save", { model, directory: at("model") })).digest).toBe(digest);
    const loaded = await worker.request("model/load", { source: at("model"), ...where });
    expect(loaded.digest).toBe(digest);
    expect(loaded.model).not.toBe(model);
    expect(await worker.request("model/digest", { model: loaded.model })).toEqual({ digest });
    expect(await worker.request("model/unload", { model: loaded.model })).toEqual({});
    const error = await rejection(worker.request("model/digest", { model: loaded.model }));
    expect(isWorkerFailure(error, "UnknownHandle") && error.data.handle).toBe(loaded.model);
  });

  test("generate and score agree on what was sampled", async () => {
    const candidates: Progress<"generate">["candidates"] = [];
    const result = await worker.request(
      "generate",
      {
        model,
        prompts: [{ id: "q", prompt, indices: [0, 1, 2] }],
        maxNewTokens: 8,
        temperature: 1,
        topP: 1,
        seed: 3,
      },
      { onProgress: (progress) => void candidates.push(...progress.candidates) },
    );
    expect(result).toMatchObject({ candidates: 3, digest });
    expect(candidates.map((candidate) => candidate.index).sort()).toEqual([0, 1, 2]);
    const responses = candidates.map(({ text, tokenIds, finish }) => ({ text, tokenIds, finish }));
    const scored = await worker.request("score", {
      model,
      groups: [{ id: "q", prompt, responses }],
      maxTokensPerBatch: 512,
    });
    const scores = scored.groups[0]?.scores ?? [];
    for (const [index, candidate] of candidates.entries()) {
      expect(scores[index]?.tokens).toBe(candidate.tokens);
      expect(scores[index]?.logprob).toBeCloseTo(candidate.logprob!, 3);
    }
  });

  test("generate ends a response before a stop text, and score tokenises it anew", async () => {
    const sampled = async (stop?: string[]): Promise<Progress<"generate">["candidates"]> => {
      const candidates: Progress<"generate">["candidates"] = [];
      const ask = { model, prompts: [{ id: "q", prompt, indices: [0, 1, 2, 3, 4, 5] }], maxNewTokens: 20 };
      const how = { temperature: 1, topP: 1, seed: 3 };
      await worker.request(
        "generate",
        { ...ask, ...how, ...defined({ stop }) },
        { onProgress: (progress) => void candidates.push(...progress.candidates) },
      );
      return candidates.sort((a, b) => a.index - b.index);
    };
    const stop = " keys";
    const free = await sampled();
    const cut = await sampled([stop]);
    expect(free.some(({ text }) => text.includes(stop))).toBe(true);
    for (const [index, { text, tokenIds }] of free.entries()) {
      if (!text.includes(stop)) expect(cut[index]).toMatchObject({ text, tokenIds });
      else {
        expect(cut[index]).toMatchObject({ text: text.slice(0, text.indexOf(stop)), finish: "stop" });
        expect(cut[index]).not.toHaveProperty("tokenIds");
        expect(cut[index]).not.toHaveProperty("logprob");
        expect(cut[index]!.tokens).toBeLessThanOrEqual(tokenIds!.length);
      }
    }
    const responses = cut.map(({ text, tokenIds, finish }) => ({ text, tokenIds, finish }));
    const scored = await worker.request("score", {
      model,
      groups: [{ id: "q", prompt, responses }],
      maxTokensPerBatch: 512,
    });
    expect(scored.groups[0]?.scores).toHaveLength(6);
  });

  test("prompt/render", async () => {
    const template =
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[reply]" +
      "{% if messages[0].role == 'system' %}{{ raise_exception('no system message') }}{% endif %}";
    const directory = at("chat");
    await worker.request("tokenizer/train", {
      kind: "words",
      texts: [prompt],
      chatTemplate: template,
      directory,
    });
    const of = (role: "system" | "user") => [{ messages: [{ role, content: "Hi" }] }];
    const rendered = await worker.request("prompt/render", { source: directory, conversations: of("user") });
    expect(rendered).toEqual({ texts: ["<s>[user]Hi[reply]"] });
    const refused = await rejection(
      worker.request("prompt/render", { source: directory, conversations: of("system") }),
    );
    expect(isWorkerFailure(refused, "ChatTemplateRefused") && refused.data.conversation).toBe(0);
    const none = await rejection(
      worker.request("prompt/render", { source: at("tokenizer"), conversations: of("user") }),
    );
    expect(isWorkerFailure(none, "NoChatTemplate") && none.data.source).toBe(at("tokenizer"));
  });

  test("train/begin and train/step", async () => {
    const begun = await worker.request("train/begin", begin());
    expect(begun.step).toBe(0);
    run = begun.run;
    const first = await worker.request("train/step", { run, step: 1, groups: groups() });
    const second = await worker.request("train/step", { run, step: 2, groups: groups() });
    expect(first).toMatchObject({ step: 1, groups: 1, pairedGroups: 1 });
    expect(second.loss.total).toBeLessThan(first.loss.total as number);
  });

  test("a step that is lost or doubled is refused", async () => {
    const error = await rejection(worker.request("train/step", { run, step: 2, groups: groups() }));
    expect(isWorkerFailure(error, "StepOutOfOrder") && error.data).toEqual({ expected: 3, found: 2 });
  });

  test("train/save, train/end, and a run that goes on from there", async () => {
    expect(await worker.request("train/save", { run, directory: at("run") })).toEqual({ step: 2 });
    const ended = await worker.request("train/end", { run });
    expect(ended.step).toBe(2);
    expect(ended.digest).not.toBe(digest);
    const resumed = await worker.request("train/begin", { ...begin(), resumeFrom: at("run") });
    expect(resumed.step).toBe(2);
    await worker.request("train/end", { run: resumed.run });
  });

  test("device/memory counts what torch takes", async () => {
    const { residentBytes, peakResidentBytes } = await worker.request("device/memory", {});
    expect(residentBytes).toBeGreaterThan(50e6);
    expect(peakResidentBytes).toBeGreaterThanOrEqual(residentBytes);
  });

  test("a model path that does not exist is named", async () => {
    const error = await rejection(worker.request("model/load", { source: at("nothing"), ...where }));
    expect(isWorkerFailure(error, "ModelNotLoaded") && error.data.source).toBe(at("nothing"));
  });

  test("shutdown", async () => {
    expect(await worker.request("shutdown", {})).toEqual({});
  });
});
