import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import type { Message } from "vscode-jsonrpc";
import { startWorker } from "../../../ts/bridge/index.ts";
import { launch } from "../../../ts/bridge/worker.ts";
import { fakeOptions, rejection, startFake, transports } from "./harness.ts";

describe.each(transports)("over %s", (transport) => {
  test("a Python that does not exist", async () => {
    const error = await rejection(startWorker({ transport, python: "/no/such/python" }));
    expect((error as Error).message).toBe(
      "/no/such/python: cannot start Python: no such program\n" +
        "  expected: a Python 3.11 or newer with the worker's packages\n" +
        "  fix: set AFT_PYTHON or worker.python to such a Python, or leave both out to have one set up here",
    );
  });

  test("a Python without the worker's packages", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aft-test-"));
    try {
      const { python: full } = await fakeOptions(transport);
      await execa(full, ["-m", "venv", "--without-pip", folder]);
      const python = join(folder, "bin", "python");
      const error = await rejection(startWorker({ transport, python }));
      expect((error as Error).message).toBe(
        `${python}: this Python lacks the package msgspec\n` +
          `  fix: ${python} -m pip install msgspec, or leave AFT_PYTHON and worker.python out to have one set up here`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("the thread count is there before torch could read it", async () => {
    const worker = await startWorker({ ...(await fakeOptions(transport)), threads: 3 });
    expect((await worker.request("device/info", {})).threads).toBe(3);
    await worker.close();
  });

  test("this process's environment is as it was", async () => {
    const before = { ...process.env };
    const worker = await startFake(transport);
    expect({ ...process.env }).toEqual(before);
    await worker.close();
  });

  test.each([
    ["no method", { jsonrpc: "2.0", id: 7 }, -32600, 7],
    ["a method that is no text", { jsonrpc: "2.0", id: 8, method: 5 }, -32600, 8],
    ["a list", [1, 2], -32600, null],
    ["params that are no object", { jsonrpc: "2.0", id: 9, method: "score", params: [1] }, -32602, 9],
    ["an empty text as params", { jsonrpc: "2.0", id: "x", method: "score", params: "" }, -32602, "x"],
  ])("a malformed message, %s, is answered and the next one is too", async (_, message, code, id) => {
    const connection = await launch(await fakeOptions(transport));
    const answers: Message[] = [];
    const both = new Promise<void>((resolve) => {
      // Its signs of life come whenever they come.
      connection.reader.listen((answer) => "id" in answer && answers.push(answer) === 2 && resolve());
    });
    await connection.writer.write(message as unknown as Message);
    await connection.writer.write({ jsonrpc: "2.0", id: 1, method: "shutdown", params: {} } as Message);
    await both;
    expect(answers[0]).toMatchObject({ id, error: { code } });
    expect(answers[1]).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
    connection.end();
    await connection.exited;
  });
});
