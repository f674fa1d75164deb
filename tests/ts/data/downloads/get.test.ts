import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silent } from "../../../../ts/core/progress.ts";
import {
  addressOf,
  catalogue,
  type Dataset,
  datasetOf,
  getDataset,
  taskNames,
} from "../../../../ts/data/index.ts";
import { folderOf, refusalOf } from "../files.ts";
import { type Answering, arrived, send, serve, sha256Of } from "./server.ts";

const train = Buffer.from('{"question": "1 + 1?", "answer": "#### 2"}\n');
const test = Buffer.from('{"question": "2 + 2?", "answer": "#### 4"}\n');

const dataset = (address: string): Dataset => ({
  task: "sums",
  title: "Sums",
  questions: "2",
  homepage: "",
  licence: "",
  citation: "",
  files: [
    { path: "train.jsonl", from: { address: `${address}/train` }, sha256: sha256Of(train) },
    { path: "sub/test.jsonl", from: { address: `${address}/test` } },
  ],
});

const both = (answering: Answering): void =>
  send(answering, answering.request.url === "/train" ? train : test);

const saved: Record<string, string | undefined> = {};
const names = ["HF_ENDPOINT", "HF_TOKEN", "AFT_DATA_MIRROR"];
beforeEach(() => {
  for (const name of names) {
    saved[name] = process.env[name];
    delete process.env[name];
  }
});
afterEach(() => {
  for (const name of names) {
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  }
});

describe("a dataset's files", () => {
  it("are downloaded into the task's folder, each checked; an unknown digest is kept in the lock file", async () => {
    const server = await serve(both);
    const to = folderOf({});
    const got = await getDataset(dataset(server.address), { to });
    expect(got.map(({ file, already, checkedBy }) => [file.slice(to.length), already, checkedBy])).toEqual([
      ["/sums/train.jsonl", false, "publisher"],
      ["/sums/sub/test.jsonl", false, "first"],
    ]);
    expect(readFileSync(join(to, "sums/sub/test.jsonl")).equals(test)).toBe(true);
    expect(JSON.parse(readFileSync(join(to, "sums/aft-data.lock.json"), "utf8"))).toEqual({
      files: {
        "sub/test.jsonl": { sha256: sha256Of(test), bytes: test.length, address: `${server.address}/test` },
      },
    });
  });

  it("are not downloaded twice, and are compared with the lock file from the first time on", async () => {
    const server = await serve(both);
    const to = folderOf({});
    await getDataset(dataset(server.address), { to });
    const again = await getDataset(dataset(server.address), { to });
    expect(again.map(({ already, checkedBy }) => [already, checkedBy])).toEqual([
      [true, "publisher"],
      [true, "pin"],
    ]);
    expect(server.asked).toHaveLength(2);
  });

  it("that have changed are neither overwritten nor taken for right", async () => {
    const server = await serve(both);
    const to = folderOf({});
    await getDataset(dataset(server.address), { to });
    const file = join(to, "sums/sub/test.jsonl");
    writeFileSync(file, "mine\n");
    expect(await refusalOf(getDataset(dataset(server.address), { to }), to)).toBe(
      `sums/sub/test.jsonl: is there already, and is not the file that was downloaded here first (SHA-256)\n  found: "${sha256Of("mine\n")}"\n  expected: ${sha256Of(test)}\n  fix: move it away and run the same command again: it comes from ${server.address}/test`,
    );
    expect(readFileSync(file, "utf8")).toBe("mine\n");
  });

  it("that come changed at a later download are refused by the lock file", async () => {
    const server = await serve((answering) =>
      send(answering, answering.request.url === "/train" ? train : answering.before < 2 ? test : train),
    );
    const to = folderOf({});
    await getDataset(dataset(server.address), { to });
    rmSync(join(to, "sums/sub/test.jsonl"));
    await expect(getDataset(dataset(server.address), { to })).rejects.toThrow(
      "what arrived is not the published file",
    );
    expect(readdirSync(join(to, "sums/sub"))).toEqual([]);
  });

  it("put there by hand are taken, and what they are is kept", async () => {
    const server = await serve(both);
    const to = folderOf({ "sums/train.jsonl": train, "sums/sub/test.jsonl": test });
    const got = await getDataset(dataset(server.address), { to });
    expect(got.map(({ already, checkedBy }) => [already, checkedBy])).toEqual([
      [true, "publisher"],
      [true, "first"],
    ]);
    expect(server.asked).toEqual([]);
    expect((await getDataset(dataset(server.address), { to }))[1]!.checkedBy).toBe("pin");
  });

  it("come from a mirror where one is named, whose addresses have the publisher's host in them", async () => {
    const server = await serve((answering) =>
      send(answering, answering.request.url!.endsWith("train") ? train : test),
    );
    process.env.AFT_DATA_MIRROR = `${server.address}/mirror/`;
    await getDataset(dataset("https://example.org/data"), { to: folderOf({}) });
    expect(server.asked.map(({ path }) => path)).toEqual([
      "/mirror/example.org/data/train",
      "/mirror/example.org/data/test",
    ]);
  });
});

describe("a dataset on the hub", () => {
  const onHub: Dataset = {
    ...dataset(""),
    files: [
      {
        path: "all/test.parquet",
        from: { hub: { dataset: "a/b", path: "all/test.parquet", revision: "main" } },
      },
    ],
  };
  const bytes = Buffer.from("PAR1 and so on. ".repeat(100));
  const hub = (
    more: { cutAt?: (before: number) => number | undefined; oid?: string; tokens?: unknown[] } = {},
  ) =>
    serve((answering) => {
      const { request, response, before } = answering;
      more.tokens?.push(request.headers.authorization);
      if (request.url!.startsWith("/api/datasets/a/b/tree/main/all"))
        return void response.writeHead(200, { "content-type": "application/json" }).end(
          JSON.stringify([
            {
              type: "file",
              path: "all/test.parquet",
              size: 1,
              lfs: { oid: more.oid ?? sha256Of(bytes), size: 1 },
            },
          ]),
        );
      const cutAt = more.cutAt?.(before);
      return send(answering, bytes, cutAt === undefined ? {} : { cutAt });
    });

  it("is checked against the digest that the hub lists, with the token that the user has", async () => {
    const tokens: (string | undefined)[] = [];
    const server = await hub({ tokens });
    process.env.HF_ENDPOINT = server.address;
    process.env.HF_TOKEN = "hf_secret";
    const to = folderOf({});
    const [got] = await getDataset(onHub, { to, firstWaitMs: 1 });
    expect(got!.checkedBy).toBe("server");
    expect(new Set(tokens)).toEqual(new Set(["Bearer hf_secret"]));
    expect(readFileSync(join(to, "sums/all/test.parquet")).equals(bytes)).toBe(true);
    expect((await getDataset(onHub, { to }))[0]).toMatchObject({ already: true, checkedBy: "pin" });
  });

  it("goes on where it broke off", async () => {
    // Each try asks for the file's facts, the list, and then the bytes.
    const server = await hub({ cutAt: (before) => (before === 2 ? 500 : undefined) });
    process.env.HF_ENDPOINT = server.address;
    const to = folderOf({});
    const progress = { ...silent, update: ({ done }: { done: number }) => arrived(1000 * done) };
    await getDataset(onHub, { to, firstWaitMs: 1, progress });
    expect(readFileSync(join(to, "sums/all/test.parquet")).equals(bytes)).toBe(true);
    expect(server.asked.at(-1)!.range).toMatch(/^bytes=500-/);
  });

  it("that is not what the hub lists is not kept", async () => {
    const server = await hub({ oid: "0".repeat(64) });
    process.env.HF_ENDPOINT = server.address;
    await expect(getDataset(onHub, { to: folderOf({}), firstWaitMs: 1 })).rejects.toThrow(
      "what arrived is not the published file",
    );
  });

  it("that is gated says what to do, and a token that is none is refused", async () => {
    const server = await serve(({ response }) => response.writeHead(401).end());
    process.env.HF_ENDPOINT = server.address;
    await expect(getDataset(onHub, { to: folderOf({}), firstWaitMs: 1 })).rejects.toThrow("set HF_TOKEN");
    process.env.HF_TOKEN = "secret";
    await expect(getDataset(onHub, { to: folderOf({}), firstWaitMs: 1 })).rejects.toThrow(
      "HF_TOKEN is not a token of the Hugging Face hub\n  expected: hf_... (or no HF_TOKEN)",
    );
  });
});

describe("the catalogue", () => {
  it("gives addresses that a browser takes, for who has no network here", async () => {
    const [file] = datasetOf("mmlu")!.files;
    expect(addressOf(file!)).toBe(
      "https://huggingface.co/datasets/cais/mmlu/resolve/main/all/test-00000-of-00001.parquet",
    );
    const server = await serve(({ response }) => response.writeHead(404).end());
    const to = folderOf({});
    await expect(getDataset(dataset(server.address), { to })).rejects.toThrow(
      `get ${server.address}/train elsewhere and put it at ${to}/sums/train.jsonl, then aft data check sums`,
    );
  });

  it("names tasks that there are, with licence, citation and homepage, and files with an address", () => {
    for (const { task, licence, citation, homepage, files, uses = [] } of catalogue) {
      expect(taskNames()).toContain(task);
      for (const one of uses) expect(datasetOf(one)).toBeDefined();
      for (const text of [licence, citation, homepage]) expect(text).not.toBe("");
      expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
      for (const { from, sha256 } of files) {
        if ("address" in from) expect(from.address).toMatch(/^https:\/\/[^ ]+$/);
        if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    }
  });
});
