import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ProgressSink, silent } from "../../../../ts/core/progress.ts";
import { checkName, hubToken, type Repository } from "../../../../ts/experiment/export/push/access.ts";
import { filesOf, type PushOptions, push, reach } from "../../../../ts/experiment/export/push/push.ts";
import { goodToken, type HubOptions, standInHub } from "./hub-server.ts";

/** What an export leaves, in small: a card, results in a folder of their own, weights beyond the limit of LFS. */
const weights = randomBytes(9000);
const files: Record<string, string | Buffer> = {
  "README.md": "# a model\n",
  ".eval_results/aft.yaml": "- value: 1\n",
  "model.safetensors": weights,
  "tokenizer.json": '{"é":1}',
};

function folderOf(contents: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), "aft-push-"));
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

let close: () => void;
beforeEach(() => {
  vi.stubEnv("HF_TOKEN", goodToken);
});
afterEach(() => {
  vi.unstubAllEnvs();
  close?.();
});

async function hubWith(options: HubOptions = {}) {
  const hub = await standInHub(options);
  vi.stubEnv("HF_ENDPOINT", `${hub.address}/`);
  close = hub.close;
  return hub;
}

const model: Repository = { type: "model", name: "me/a-model" };
const wish = (more: Partial<PushOptions> = {}): PushOptions => ({
  repository: model,
  visibility: "private",
  firstWaitMs: 1,
  ...more,
});
async function pushed(folder: string, options = wish()): Promise<string> {
  return push(await filesOf(folder), await reach(options), { ...options, title: "a run: aft-bc, by AFT" });
}
const arrived = (stored: Map<string, Buffer>) =>
  Object.fromEntries([...stored].filter(([name]) => name !== ".gitattributes"));
const bytesOf = (contents: Record<string, string | Buffer>) =>
  Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, Buffer.from(content)]));

describe("what arrives is what was sent", () => {
  test.each([
    ["in one piece, where the hub takes no xet", {}],
    ["in parts", { partSize: 4000 }],
  ])("%s", async (_, options) => {
    const hub = await hubWith(options);
    expect(await pushed(folderOf(files))).toBe(`${hub.address}/me/a-model`);
    const repository = hub.repositories.get("models/me/a-model")!;
    expect(arrived(repository.files)).toEqual(bytesOf(files));
    expect(repository).toMatchObject({ private: true, commits: ["a run: aft-bc, by AFT"] });
    expect([...repository.lfs]).toEqual(["model.safetensors"]);
  });

  test("as a dataset, for all the world", async () => {
    const hub = await hubWith();
    const repository: Repository = { type: "dataset", name: "me/rows" };
    const page = await pushed(
      folderOf({ "train.jsonl": weights }),
      wish({ repository, visibility: "public" }),
    );
    expect(page).toBe(`${hub.address}/datasets/me/rows`);
    expect(hub.repositories.get("datasets/me/rows")).toMatchObject({ private: false });
    expect(arrived(hub.repositories.get("datasets/me/rows")!.files)).toEqual({ "train.jsonl": weights });
  });

  test("when the network breaks off in the middle: asked again, and told", async () => {
    const broken = new Set<string>();
    const hub = await hubWith({
      partSize: 4000,
      fault(asked) {
        if (broken.has(asked)) return undefined;
        broken.add(asked);
        return /PUT|commit/.test(asked) ? "break" : 503;
      },
    });
    const notes: string[] = [];
    const progress: ProgressSink = { ...silent, note: (text) => notes.push(text) };
    await pushed(folderOf(files), wish({ progress }));
    expect(arrived(hub.repositories.get("models/me/a-model")!.files)).toEqual(bytesOf(files));
    expect(notes).toContain("the hub: HTTP 503; again in 1 s");
    expect(notes.length).toBe(broken.size);
  });

  test("when it broke off for good: the same again sends what is missing alone", async () => {
    const hub = await hubWith({
      fault: (asked, before) => (asked.includes("/commit/") && before < 5 ? "break" : undefined),
    });
    const folder = folderOf(files);
    await expect(pushed(folder)).rejects.toThrow(
      /^http:.*: the hub cannot be reached, or the connection broke off again and again: .+\n {2}fix: run the same command again/,
    );
    const sent = () => hub.asked.filter((asked) => asked.startsWith("PUT")).length;
    expect(sent()).toBe(1);
    await pushed(folder);
    expect(sent()).toBe(1);
    expect(arrived(hub.repositories.get("models/me/a-model")!.files)).toEqual(bytesOf(files));
  });
});

test("what is large is not kept in memory while it is sent: Node is told that it will not be asked for again", async () => {
  await hubWith({ partSize: 4000 });
  const sent: (RequestInit | undefined)[] = [];
  const real = globalThis.fetch;
  vi.stubGlobal("fetch", (address: string, init?: RequestInit) => {
    if (init?.body instanceof Blob) sent.push(init);
    return real(address, init);
  });
  try {
    await pushed(folderOf(files));
  } finally {
    vi.unstubAllGlobals();
  }
  expect(sent.length).toBe(3);
  for (const init of sent) expect(init).toMatchObject({ redirect: "error", window: null });
});

test("Ctrl-C ends it before anything is committed", async () => {
  const stop = new AbortController();
  const hub = await hubWith({
    fault(asked) {
      if (asked.startsWith("PUT")) stop.abort();
      return undefined;
    },
  });
  await expect(pushed(folderOf(files), wish({ signal: stop.signal }))).rejects.toMatchObject({
    name: "Interrupted",
    exitCode: 130,
  });
  expect(hub.repositories.get("models/me/a-model")!.commits).toEqual([]);
});

describe("one clear error", () => {
  test.each(["me", "me/", "/a", "a/b/c", "me/a b", "me/a--b", "me/../x", "-me/x", "me/x.git"])(
    "for the name %s",
    (name) => {
      expect(() => checkName(name)).toThrow(
        `--push: not a repository's name\n  found: ${JSON.stringify(name)}`,
      );
    },
  );
  test("and none for names that the hub takes", () => {
    for (const name of ["me/x", "an-org/Model_1.5-aft", "a/b"]) expect(() => checkName(name)).not.toThrow();
  });

  test("for a token that the hub does not know, which is not shown", async () => {
    await hubWith();
    vi.stubEnv("HF_TOKEN", "hf_secretSecret");
    const error = await reach(wish()).catch(String);
    expect(error).toContain(
      'the hub does not know the token\n  found: "HTTP 401: Invalid username or password."',
    );
    expect(error).not.toContain("Secret");
  });

  test("for a namespace of somebody else, before anything is uploaded", async () => {
    const hub = await hubWith();
    const repository: Repository = { type: "model", name: "others/a-model" };
    await expect(pushed(folderOf(files), wish({ repository }))).rejects.toThrow(
      /the token may not write to others\/a-model\n {2}found: "HTTP 403: You don't have the rights/,
    );
    expect(hub.objects.size).toBe(0);
  });

  test("for a repository with other content, which is left as it was; --replace commits over it", async () => {
    const hub = await hubWith();
    await pushed(folderOf(files));
    const stored = hub.repositories.get("models/me/a-model")!;
    const changed = folderOf({ ...files, "model.safetensors": randomBytes(9000) });
    await expect(pushed(changed)).rejects.toThrow(
      /me\/a-model holds other content: model.safetensors\n.*\n {2}fix: .*--replace/s,
    );
    expect(arrived(stored.files)).toEqual(bytesOf(files));
    await pushed(changed, wish({ replace: true }));
    expect(stored.files.get("model.safetensors")).toEqual(readFileSync(join(changed, "model.safetensors")));
    stored.files.set("theirs.txt", Buffer.from("hello"));
    await expect(pushed(changed)).rejects.toThrow("holds other content: theirs.txt");
  });

  test("and none where an equal export is there already", async () => {
    const hub = await hubWith();
    const folder = folderOf(files);
    await pushed(folder);
    await pushed(folder);
    expect(hub.asked.filter((asked) => asked.startsWith("PUT")).length).toBe(1);
  });

  test("for a repository that others can see, where it was to be private", async () => {
    await hubWith();
    await pushed(folderOf(files), wish({ visibility: "public" }));
    await expect(reach(wish())).rejects.toThrow(/me\/a-model is there already and is public, not private/);
  });

  test("for a hub that takes nothing", async () => {
    await hubWith({ fault: (asked) => (asked.includes("preupload") ? 400 : undefined) });
    await expect(pushed(folderOf(files))).rejects.toThrow(
      /me\/a-model: the hub did not take it\n {2}found: "HTTP 400: not now"/,
    );
  });
});

describe("the token", () => {
  test("is HF_TOKEN's, else that of the hub's own file", async () => {
    const home = folderOf({ token: "hf_ofTheFile\n", elsewhere: "hf_other" });
    expect(await hubToken({ HF_TOKEN: " hf_one\n", HF_HOME: home })).toBe("hf_one");
    expect(await hubToken({ HF_HOME: home })).toBe("hf_ofTheFile");
    expect(await hubToken({ HF_HOME: home, HF_TOKEN_PATH: join(home, "elsewhere") })).toBe("hf_other");
  });

  test("is told to be missing or none, and never shown", async () => {
    const home = folderOf({});
    await expect(hubToken({ HF_HOME: home })).rejects.toThrow(
      "--push needs a token of the Hugging Face hub, and there is none",
    );
    const error = await hubToken({ HF_TOKEN: "my password" }).catch(String);
    expect(error).toContain("HF_TOKEN does not hold a token of the Hugging Face hub\n  expected: hf_...");
    expect(error).not.toContain("password");
  });
});
