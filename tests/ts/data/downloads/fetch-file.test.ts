import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Interrupted } from "../../../../ts/core/errors.ts";
import { type FetchOptions, fetchFile } from "../../../../ts/data/downloads/fetch-file.ts";
import { openAddress } from "../../../../ts/data/downloads/http.ts";
import { folderOf } from "../files.ts";
import { arrived, send, serve, sha256Of } from "./server.ts";

/** Not the same anywhere, so that a wrong place shows. */
const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => `${at}\n`).join(""));
const right = sha256Of(bytes);
const fast: FetchOptions = { firstWaitMs: 1, onProgress: arrived };

let folder: string;
beforeEach(() => {
  folder = folderOf({});
});

const wanted = (address: string, more: object = {}) => ({
  file: join(folder, "sub/data.jsonl"),
  address,
  open: openAddress(address),
  ...more,
});
const fileBytes = () => readFileSync(join(folder, "sub/data.jsonl"));

it("downloads a file whole, checks it, and leaves nothing beside it", async () => {
  const server = await serve((answering) => send(answering, bytes));
  const sizes: number[] = [];
  const fetched = await fetchFile(wanted(server.address, { sha256: right }), {
    ...fast,
    onProgress: (done, total) => {
      sizes.push(done);
      expect(total).toBe(bytes.length);
    },
  });
  expect(fetched).toEqual({ bytes: bytes.length, sha256: right, byServer: false });
  expect(fileBytes().equals(bytes)).toBe(true);
  expect(readdirSync(join(folder, "sub"))).toEqual(["data.jsonl"]);
  expect(sizes.at(-1)).toBe(bytes.length);
});

describe("a connection that is cut", () => {
  it("is taken up where it broke off, of the same version only", async () => {
    const server = await serve((answering) =>
      send(answering, bytes, { cutAt: [4000, 9000][answering.before] ?? bytes.length }),
    );
    await fetchFile(wanted(server.address, { sha256: right }), fast);
    expect(fileBytes().equals(bytes)).toBe(true);
    expect(server.asked.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      ["bytes=4000-", '"one"'],
      ["bytes=9000-", '"one"'],
    ]);
  });

  it("is taken up by a later call, too", async () => {
    let whole = false;
    const server = await serve((answering) => {
      if (whole) send(answering, bytes);
      else if (answering.before === 0) send(answering, bytes, { cutAt: 7000 });
      else answering.response.writeHead(503).end();
    });
    await expect(fetchFile(wanted(server.address), fast)).rejects.toThrow("HTTP 503");
    expect(existsSync(join(folder, "sub/data.jsonl"))).toBe(false);
    whole = true;
    expect((await fetchFile(wanted(server.address), fast)).sha256).toBe(right);
    expect(server.asked.at(-1)).toMatchObject({ range: "bytes=7000-" });
  });

  it("begins again where the file has changed since", async () => {
    const other = Buffer.from(String(bytes).toUpperCase().replaceAll("1", "x"));
    const server = await serve((answering) =>
      answering.before === 0
        ? send(answering, bytes, { cutAt: 3000 })
        : send(answering, other, { tag: '"two"' }),
    );
    await fetchFile(wanted(server.address), fast);
    expect(fileBytes().equals(other)).toBe(true);
  });

  it("begins again where the server knows no ranges", async () => {
    const server = await serve((answering) => {
      answering.request.headers.range = undefined;
      send(answering, bytes, answering.before === 0 ? { cutAt: 3000 } : {});
    });
    await fetchFile(wanted(server.address, { sha256: right }), fast);
    expect(fileBytes().equals(bytes)).toBe(true);
    expect(server.asked).toHaveLength(2);
  });

  it("begins again where nothing tells one version from another", async () => {
    const server = await serve((answering) =>
      send(answering, bytes, { tag: 'W/"weak"', ...(answering.before === 0 ? { cutAt: 3000 } : {}) }),
    );
    await fetchFile(wanted(server.address, { sha256: right }), fast);
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, undefined]);
  });

  it("falls silent: that is a cut, too", async () => {
    const server = await serve((answering) => {
      if (answering.before > 0) return send(answering, bytes);
      answering.response.writeHead(200, { etag: '"one"', "content-length": bytes.length });
      return void answering.response.write(bytes.subarray(0, 100));
    });
    await fetchFile(wanted(server.address, { sha256: right }), { ...fast, silenceMs: 150 });
    expect(fileBytes().equals(bytes)).toBe(true);
  });
});

describe("what is not the published file", () => {
  it("is not kept, and its digest is told", async () => {
    const server = await serve((answering) => send(answering, Buffer.from("<html>Please log in</html>")));
    await expect(fetchFile(wanted(server.address, { sha256: right }), fast)).rejects.toThrow(
      `${server.address}: what arrived is not the published file (SHA-256)\n  found: "${sha256Of("<html>Please log in</html>")}"\n  expected: ${right}`,
    );
    expect(readdirSync(join(folder, "sub"))).toEqual([]);
  });

  it("and was put together from two parts: it is tried once more from the beginning", async () => {
    const wrong = Buffer.from(bytes).fill("x", 0, 100);
    // The same tag for two versions, which no server should give.
    const server = await serve((answering) =>
      answering.before === 0 ? send(answering, wrong, { cutAt: 3000 }) : send(answering, bytes),
    );
    await fetchFile(wanted(server.address, { sha256: right }), fast);
    expect(fileBytes().equals(bytes)).toBe(true);
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, "bytes=3000-", undefined]);
  });
});

describe("a server that says no", () => {
  it("for good is asked once, and the way without it is told", async () => {
    const server = await serve(({ response }) => response.writeHead(404).end("nothing"));
    await expect(fetchFile(wanted(`${server.address}/x`), fast)).rejects.toMatchObject({
      exitCode: 1,
      message: `${server.address}/x: the publisher's server refused the file: HTTP 404 Not Found\n  fix: it may have moved: look at the dataset's homepage; or where there is no network, get ${server.address}/x elsewhere and put it at ${folder}/sub/data.jsonl`,
    });
    expect(server.asked).toHaveLength(1);
  });

  it("for a moment is asked again, with waits that double", async () => {
    const notes: string[] = [];
    const server = await serve((answering) =>
      answering.before < 3 ? answering.response.writeHead(502).end() : send(answering, bytes),
    );
    await fetchFile(wanted(server.address, { sha256: right }), { ...fast, note: (text) => notes.push(text) });
    expect(notes).toEqual(Array(3).fill(`${server.address}: HTTP 502 Bad Gateway; again in 1 s`));
    expect(server.asked).toHaveLength(4);
  });

  it("again and again, or is not there, is given up on after five tries", async () => {
    const server = await serve(({ response }) => response.writeHead(500).end());
    await expect(fetchFile(wanted(server.address), fast)).rejects.toThrow("5 tries in a row: HTTP 500");
    expect(server.asked).toHaveLength(5);
    server.close();
    await expect(fetchFile(wanted(server.address), fast)).rejects.toThrow(
      /could not be downloaded, 5 tries in a row: .*ECONNREFUSED/,
    );
  });
});

it("stops at once when it is asked to, keeps what has arrived, and goes on from there", async () => {
  let slow = true;
  const server = await serve((answering) => {
    if (!slow) return send(answering, bytes);
    answering.response.writeHead(200, { etag: '"one"', "content-length": bytes.length });
    return void answering.response.write(bytes.subarray(0, 2000));
  });
  const controller = new AbortController();
  const stopped = fetchFile(wanted(server.address), {
    ...fast,
    signal: controller.signal,
    onProgress: (done) => {
      if (done === 2000) controller.abort();
    },
  });
  await expect(stopped).rejects.toBeInstanceOf(Interrupted);
  slow = false;
  await fetchFile(wanted(server.address, { sha256: right }), fast);
  expect(server.asked.at(-1)).toMatchObject({ range: "bytes=2000-" });
});
