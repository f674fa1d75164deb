/**
 * A stand-in for the Hugging Face hub on this machine: repositories, LFS (in one piece or in parts) and commits as
 * @huggingface/hub asks for them. It keeps what arrives and refuses what the hub would.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const goodToken = "hf_goodToken123";

export interface StoredRepository {
  private: boolean;
  files: Map<string, Buffer>;
  lfs: Set<string>;
  commits: string[];
}

export interface HubOptions {
  /** Files of at least this size go by LFS. */
  lfsFrom?: number;
  /** LFS files go in parts of this size. */
  partSize?: number;
  /** Namespaces that the token may write to. */
  owners?: readonly string[];
  /** What happens to a request in place of its answer: a status, or a connection that breaks off after its body has begun. */
  fault?: (asked: string, before: number) => number | "break" | undefined;
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const gitOid = (bytes: Buffer): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

export async function standInHub({ lfsFrom = 2000, partSize, owners = ["me"], fault }: HubOptions = {}) {
  /** By `models/NAME` or `datasets/NAME`. */
  const repositories = new Map<string, StoredRepository>();
  const objects = new Map<string, Buffer>();
  const parts = new Map<string, Buffer>();
  const asked: string[] = [];
  let address = "";

  const answerOf = (path: string, body: Buffer): [number, unknown, Record<string, string>?] => {
    const json = () => JSON.parse(body.toString("utf8"));
    const upload = /^\/upload\/(\w+)(?:\/(\d+))?$/.exec(path);
    if (upload !== null) {
      const [, oid, part] = upload;
      if (part === undefined) {
        if (sha256(body) !== oid) return [400, { error: "the bytes are not those of the digest" }];
        objects.set(oid!, body);
      } else parts.set(`${oid}/${part}`, body);
      return [200, {}, { etag: `"${sha256(body)}"` }];
    }
    const complete = /^\/complete\/(\w+)$/.exec(path);
    if (complete !== null) {
      const oid = complete[1]!;
      const { parts: named } = json() as { parts: { partNumber: number; etag: string }[] };
      const bytes = Buffer.concat(
        named.map(({ partNumber, etag }) => {
          const part = parts.get(`${oid}/${partNumber}`)!;
          if (etag !== `"${sha256(part)}"`) throw new Error("a part's tag is wrong");
          return part;
        }),
      );
      if (sha256(bytes) !== oid) return [400, { error: "the parts are not those of the digest" }];
      objects.set(oid, bytes);
      return [200, {}];
    }
    if (path === "/api/whoami-v2")
      return [200, { type: "user", id: "1", name: "me", auth: { type: "access_token" } }];
    if (path === "/api/repos/create") {
      const { name, organization, type, visibility } = json();
      if (!owners.includes(organization))
        return [
          403,
          { error: `You don't have the rights to create a ${type} under the namespace "${organization}"` },
        ];
      const key = `${type}s/${organization}/${name}`;
      if (repositories.has(key)) return [409, { error: "You already created this repo" }];
      repositories.set(key, {
        private: visibility === "private",
        files: new Map([[".gitattributes", Buffer.from("*.safetensors filter=lfs\n")]]),
        lfs: new Set(),
        commits: [],
      });
      return [200, { url: `${address}/${organization}/${name}`, id: "1" }];
    }
    const batch = /^\/(datasets\/)?([^/]+\/[^/]+)\.git\/info\/lfs\/objects\/batch$/.exec(path);
    if (batch !== null) {
      const { transfers, objects: wanted } = json() as {
        transfers: string[];
        objects: { oid: string; size: number }[];
      };
      // As the hub does for a repository that has no xet: it takes the older of the ways that are offered.
      if (!transfers.includes("basic")) return [400, { error: "no transfer in common" }];
      return [
        200,
        {
          transfer: partSize === undefined ? "basic" : "multipart",
          objects: wanted.map(({ oid, size }) => {
            if (objects.has(oid)) return { oid, size };
            const numbers = Array.from({ length: Math.ceil(size / (partSize ?? size)) }, (_, at) => at + 1);
            const header = Object.fromEntries(
              numbers.map((at) => [`${at}`.padStart(5, "0"), `${address}/upload/${oid}/${at}`]),
            );
            const action =
              partSize === undefined || size <= partSize
                ? { href: `${address}/upload/${oid}` }
                : { href: `${address}/complete/${oid}`, header: { chunk_size: `${partSize}`, ...header } };
            return { oid, size, actions: { upload: action } };
          }),
        },
      ];
    }
    const api = /^\/api\/((?:models|datasets)\/[^/]+\/[^/]+)\/(revision|tree|preupload|commit)\//.exec(path);
    const repository = repositories.get(api?.[1] ?? "");
    if (api === null || repository === undefined) return [404, { error: "Repository not found" }];
    switch (api[2]) {
      case "revision":
        return [
          200,
          {
            _id: "1",
            id: api[1]!.replace(/^\w+\//, ""),
            private: repository.private,
            lastModified: "2026-01-01",
          },
        ];
      case "tree":
        return [
          200,
          [...repository.files].map(([name, bytes]) => ({
            type: "file",
            path: name,
            size: bytes.length,
            oid: gitOid(bytes),
            ...(repository.lfs.has(name)
              ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 130 } }
              : {}),
          })),
        ];
      case "preupload":
        return [
          200,
          {
            files: (json().files as { path: string; size: number }[]).map(({ path: name, size }) => ({
              path: name,
              uploadMode: size >= lfsFrom ? "lfs" : "regular",
            })),
          },
        ];
      default: {
        if (!owners.includes(api[1]!.split("/")[1]!)) return [403, { error: "Forbidden" }];
        const lines = body
          .toString("utf8")
          .split("\n")
          .map((line) => JSON.parse(line));
        for (const { key, value } of lines) {
          if (key === "lfsFile") {
            const bytes = objects.get(value.oid);
            if (bytes === undefined || bytes.length !== value.size)
              return [400, { error: `no LFS object for ${value.path}` }];
            repository.files.set(value.path, bytes);
            repository.lfs.add(value.path);
          }
          if (key === "file") {
            repository.files.set(value.path, Buffer.from(value.content, value.encoding ?? "utf8"));
            repository.lfs.delete(value.path);
          }
        }
        repository.commits.push(lines[0].value.summary);
        return [200, { success: true, commitOid: "abc", commitUrl: `${address}/commit/abc`, hookOutput: "" }];
      }
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url!.split("?")[0]!;
    const what = `${request.method} ${path}`;
    const before = asked.filter((one) => one === what).length;
    asked.push(what);
    const wrong = fault?.(what, before);
    if (wrong === "break") {
      // In the middle: something of the request has been read, and no answer comes.
      request.once("data", () => request.destroy());
      if (request.headers["content-length"] === undefined && request.method === "GET") request.destroy();
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const signed = path.startsWith("/upload/") || path.startsWith("/complete/");
    const known = signed || request.headers.authorization === `Bearer ${goodToken}`;
    const [status, json, headers] =
      wrong !== undefined
        ? [wrong, { error: "not now" }, {}]
        : known
          ? answerOf(path, Buffer.concat(pieces))
          : [401, { error: "Invalid username or password." }, {}];
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(json));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    repositories,
    objects,
    /** Every request: `POST /api/repos/create`. */
    asked,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}
