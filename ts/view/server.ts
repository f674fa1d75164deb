/** Serves the pages on this machine alone: to its own browser, and to no page of another site that is open there. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AftError, failure, messageOf, systemCode } from "../core/errors.ts";
import { jsonIn } from "../core/json.ts";
import { linkTo, type Path, pageOfPair, pageOfRun } from "./links.ts";
import { addNote, noteSchema } from "./notes.ts";
import { type Content, Site } from "./site.ts";

export interface ServedView {
  /** `http://127.0.0.1:PORT/` */
  address: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

const host = "127.0.0.1";

/**
 * @param port left out: any that is free
 * @throws AftError where the port is taken, or the folder cannot be read
 */
export async function serveView(options: {
  runsDirectory: string;
  only?: readonly string[] | undefined;
  port?: number | undefined;
}): Promise<ServedView> {
  const { port = 0, ...shown } = options;
  const site = new Site({ ...shown, live: true });
  // What is wrong with the folder is said before anything is served.
  await site.names();
  const server = createServer();
  const chosen = await listen(server, port);
  server.on("request", (request, response) => {
    answer(site, request, response, chosen).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendText(response, error instanceof AftError ? 409 : 500, messageOf(error));
    });
  });
  return {
    address: `http://${host}:${chosen}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(port, error)));
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function listenError(port: number, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const what = code === "EADDRINUSE" ? "this port is taken" : `this port cannot be had (${code})`;
  const fix = "another one, or none: then any free one is taken";
  return failure({ what, where: "--port", found: port, fix }, { cause: error });
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
): Promise<void> {
  const hosts = [host, "localhost"].map((name) => `${name}:${port}`);
  // A name of another site that leads here, which would make this its own server.
  if (!hosts.includes(request.headers.host ?? ""))
    return sendText(response, 403, `only for http://${host}:${port}/`);
  const { pathname, searchParams } = new URL(request.url ?? "/", `http://${host}`);
  const path = decoded(pathname);
  if (path === undefined) return sendText(response, 400, "this address cannot be read");
  if (request.method === "POST") return keepNote(site, path, request, response, hosts);
  if (request.method !== "GET" && request.method !== "HEAD")
    return sendText(response, 405, "only to be read", { allow: "GET, HEAD, POST" });
  if (path === "compare") {
    const to = pageOfPair(searchParams.get("a") ?? "", searchParams.get("b") ?? "");
    response.writeHead(303, { ...common, location: linkTo(to, "compare") }).end();
    return;
  }
  const content = await site.contentOf(path === "" ? "index.html" : path);
  if (content === undefined)
    return sendText(response, 404, "there is no such page: no run of this name, or no such file of it");
  await send(content, request, response);
}

/** Undefined where it is not encoded rightly. */
function decoded(pathname: string): Path | undefined {
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    return undefined;
  }
}

const common = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "frame-ancestors 'none'",
};

async function send(content: Content, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if ("file" in content) {
    const type = content.file.endsWith(".js") ? "text/javascript" : "text/html";
    response.writeHead(200, { ...common, "content-type": `${type}; charset=utf-8` });
    if (request.method === "HEAD") response.end();
    // A reader who goes away is no error.
    else await pipeline(createReadStream(content.file), response).catch(() => {});
    return;
  }
  const [type, body] = "html" in content ? ["text/html", content.html] : ["text/javascript", content.script];
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  if (request.headers["if-none-match"] === etag) response.writeHead(304, { ...common, etag }).end();
  else {
    response.writeHead(200, { ...common, etag, "content-type": `${type}; charset=utf-8` });
    response.end(request.method === "HEAD" ? undefined : body);
  }
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...common, ...headers, "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

const mostBytes = 100_000;

/** The one thing that is written: a mark and a note, at `runs/NAME/notes`, from a page of this server. */
async function keepNote(
  site: Site,
  path: Path,
  request: IncomingMessage,
  response: ServerResponse,
  hosts: readonly string[],
): Promise<void> {
  const { origin, "sec-fetch-site": from, "content-type": type } = request.headers;
  const isOurs =
    hosts.some((name) => origin === `http://${name}`) && (from ?? "same-origin") === "same-origin";
  if (!isOurs) return sendText(response, 403, "only from a page of aft view");
  if (type !== "application/json") return sendText(response, 415, "expected application/json");
  const names = await site.names();
  const name = names.find((one) => path === pageOfRun(one, "notes"));
  if (name === undefined) return sendText(response, 404, "no run of this name");
  const body = await bodyOf(request);
  if (body === undefined) return sendText(response, 413, `a note has at most ${mostBytes} bytes`);
  const note = noteSchema.safeParse(jsonIn(body));
  if (!note.success)
    return sendText(
      response,
      400,
      "expected {task, id, marked, text}, the text of at most 10,000 characters",
    );
  await addNote(join(site.watch.directory, name), note.data);
  response.writeHead(204, common).end();
}

/** Undefined: it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
