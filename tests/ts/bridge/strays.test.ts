import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { connect } from "../../../ts/bridge/client.ts";
import type { Exit } from "../../../ts/bridge/errors.ts";
import { ProtocolError, WorkerDied, WorkerFailure } from "../../../ts/bridge/index.ts";
import { AftError } from "../../../ts/core/errors.ts";
import { randomFrom } from "../../../ts/core/random.ts";
import { rejection } from "./harness.ts";

const digest = { digest: "d" };
const refused = { code: -32001, message: "no", data: { handle: "m" } };

/** A client whose worker answers its one request with these texts, and goes when it is killed. */
function answered(texts: (id: unknown) => string[]) {
  const [toWorker, toClient] = [new PassThrough(), new PassThrough()];
  let gone: (exit: Exit) => void = () => {};
  const exited = new Promise<Exit>((resolve) => {
    gone = resolve;
  });
  const reader = new StreamMessageReader(toClient);
  reader.partialMessageTimeout = 0;
  const kill = () => gone({ code: null, signal: "SIGKILL", stderr: [] });
  const worker = connect({
    reader,
    writer: new StreamMessageWriter(toWorker),
    pid: 1,
    exited,
    end: kill,
    kill,
  });
  const requests = new StreamMessageReader(toWorker);
  requests.listen((message) => {
    if (!("id" in message)) return;
    const [first = "", ...later] = texts(message.id).map(
      (text) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
    toClient.write(first);
    for (const text of later) setTimeout(() => toClient.write(text), 10);
  });
  return worker;
}

const asking = (texts: (id: unknown) => string[]) => {
  const worker = answered(texts);
  return worker.request("model/digest", { model: "m" }).finally(() => worker.close());
};
const message = (fields: object): string => JSON.stringify({ jsonrpc: "2.0", ...fields });

test("an answer is an answer, whatever the order of its fields", async () => {
  expect(await asking((id) => [message({ result: digest, id })])).toEqual(digest);
});

test("a text with half a character in it is refused by its place, before anything is sent", async () => {
  const worker = answered(() => {
    throw new Error("nothing was to be sent");
  });
  const texts = ["😀", "a \ud83d"];
  const error = await rejection(worker.request("tokens/count", { source: "m", texts }));
  expect(error).toMatchObject({ exitCode: 2 });
  expect((error as Error).message).toBe(
    'tokens/count, texts.1: half of a character, as where a text was cut in the middle of one\n  found: "a \\ud83d"\n  expected: whole characters (no lone surrogate)\n  fix: take it out, or put U+FFFD in its place',
  );
  await worker.close();
});

describe("what is no answer to an open request ends the conversation, and all that waits for it", () => {
  test.each([
    ["another id", () => message({ id: 77, result: digest }), "answered a request that is not open"],
    [
      "an id of another type",
      (id) => message({ id: String(id), result: digest }),
      "a request that is not open",
    ],
    ["no id", () => message({ result: digest }), "answered a request that is not open"],
    [
      "no id, and an error",
      () => message({ id: null, error: refused }),
      "answered a message it could not read",
    ],
    ["neither result nor error", (id) => message({ id }), "answered with neither a result nor an error"],
    [
      "both",
      (id) => message({ id, result: digest, error: refused }),
      "answered with both a result and an error",
    ],
    ["an error of another form", (id) => message({ id, error: "no" }), "an error that is not JSON-RPC's"],
    ["an error without a code", (id) => message({ id, error: { message: "no" } }), "not JSON-RPC's"],
    [
      "a batch",
      (id) => `[${message({ id, result: digest })}]`,
      "sent what is neither an answer nor progress",
    ],
    ["null", () => "null", "sent what is neither an answer nor progress"],
    ["a number", () => "7", "sent what is neither an answer nor progress"],
    ["a request", (id) => message({ id, method: "hello", params: {} }), "that this side knows no method for"],
    ["another notification", () => message({ method: "$/progres", params: {} }), "knows no method for"],
    [
      "progress of another request",
      () => message({ method: "$/progress", params: { token: 77, value: {} } }),
      "sent progress of no open request",
    ],
    ["progress of none", () => message({ method: "$/progress" }), "sent progress of no open request"],
  ] satisfies [string, (id: unknown) => string, string][])("%s", async (_what, text, reason) => {
    const error = await rejection(asking((id) => [text(id)]));
    expect(error).toBeInstanceOf(ProtocolError);
    expect((error as Error).message).toContain(reason);
  });

  test("a second answer to one request, later", async () => {
    const worker = answered((id) => [message({ id, result: digest }), message({ id, result: digest })]);
    expect(await worker.request("model/digest", { model: "m" })).toEqual(digest);
    await worker.closed;
    expect(await rejection(worker.request("model/digest", { model: "m" }))).toBeInstanceOf(ProtocolError);
  });
});

const count = Number(process.env.AFT_MUTATED_REPLIES ?? "3000");

test("no mutated reply is waited for without end, and none is an error without a name", async () => {
  const random = randomFrom("mutated replies", 15);
  const signs = ['"', "{", "}", "[", "]", ":", ",", "null", "0", "-1", "1e9", "true", "id", "\\", "é"];
  const mutated = (text: string): string => {
    const at = random.int(0, text.length - 1);
    const [before, after] = [text.slice(0, at), text.slice(at + random.int(0, 3))];
    return random.next() < 0.5 ? before + random.pick(signs) + after : before + after;
  };
  const outcomes = { resolved: 0, protocol: 0, failure: 0 };
  for (let trial = 0; trial < count; trial++) {
    const fields = random.next() < 0.7 ? { result: digest } : { error: refused };
    const error = await asking((id) => [mutated(message({ id, ...fields }))]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) outcomes.resolved++;
    else {
      expect(error).toBeInstanceOf(AftError);
      if (error instanceof WorkerFailure) outcomes.failure++;
      else if (error instanceof ProtocolError) outcomes.protocol++;
    }
  }
  // Most mutations break a reply; some leave it whole (in a message's words, in the digest).
  expect(outcomes.protocol).toBeGreaterThan(count / 2);
  expect(Object.values(outcomes).reduce((sum, each) => sum + each)).toBe(count);
});

test("asked between its streams' end and its own, a worker is one that died", async () => {
  const toClient = new PassThrough();
  let gone: (exit: Exit) => void = () => {};
  const exited = new Promise<Exit>((resolve) => {
    gone = resolve;
  });
  const kill = () => {};
  const reader = new StreamMessageReader(toClient);
  const writer = new StreamMessageWriter(new PassThrough());
  const worker = connect({ reader, writer, pid: 1, exited, end: kill, kill });
  toClient.destroy();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const error = rejection(worker.request("model/digest", { model: "m" }));
  setTimeout(() => gone({ code: null, signal: "SIGKILL", stderr: [] }), 20);
  expect(await error).toBeInstanceOf(WorkerDied);
});
