import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

export interface Answering {
  request: IncomingMessage;
  response: ServerResponse;
  /** How many requests came before this one. */
  before: number;
}

/** A server on this machine alone, whose every answer a test decides, and what it was asked. */
export async function serve(answer: (answering: Answering) => void) {
  const asked: { path: string; range: string | undefined; ifRange: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const { range, "if-range": ifRange } = request.headers;
    asked.push({ path: request.url!, range, ifRange: ifRange as string | undefined });
    answer({ request, response, before: asked.length - 1 });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  afterAll(close);
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}

export const sha256Of = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

/** Sends what is asked for of these bytes, as a server that knows ranges does; `cutAt`: the connection ends there. */
export function send(
  { request, response }: Answering,
  bytes: Buffer,
  { tag = '"one"', cutAt }: { tag?: string; cutAt?: number } = {},
): void {
  const { range, "if-range": ifRange } = request.headers;
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? "");
  const partial = asked !== null && (ifRange === undefined || ifRange === tag);
  const start = partial ? Number(asked[1]) : 0;
  const end = partial && asked[2] !== "" ? Number(asked[2]) + 1 : bytes.length;
  response.writeHead(partial ? 206 : 200, {
    etag: tag,
    "content-length": end - start,
    ...(partial ? { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` } : {}),
  });
  if (cutAt === undefined || cutAt >= end) {
    response.end(bytes.subarray(start, end));
    return;
  }
  response.write(bytes.subarray(start, cutAt));
  pending.push({ at: cutAt, cut: () => response.destroy() });
}

/** Connections that end as soon as what was sent has arrived: earlier, and it could be lost with them. */
let pending: { at: number; cut(): void }[] = [];

/** To be told how many bytes are there. */
export function arrived(done: number): void {
  for (const { at, cut } of pending) if (at <= done) cut();
  pending = pending.filter(({ at }) => at > done);
}
