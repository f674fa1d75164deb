import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { WorkerDied } from "../../../ts/bridge/index.ts";
import { AftError } from "../../../ts/core/errors.ts";
import { generate, isAlive, load, pathTo, rejection, startFake, transports, until } from "./harness.ts";

const parent = (transport: string, what: string) =>
  execa(process.execPath, ["--import", "tsx", pathTo("parent.ts"), transport, what], {
    reject: false,
    timeout: 50_000,
    detached: true,
  });

describe.each(transports)("over %s", (transport) => {
  test("a worker killed in mid-call is heard of, with signal and last lines, long before silence is", async () => {
    const worker = await startFake(transport, (line) => {
      if (line === "going to sleep") process.kill(worker.pid, "SIGKILL");
    });
    const pending = [
      worker.request("model/load", load("say and sleep")),
      worker.request("model/digest", { model: "m" }),
    ];
    const errors = await Promise.all(pending.map(rejection));
    for (const error of errors) {
      expect(error).toBeInstanceOf(WorkerDied);
      expect((error as WorkerDied).exit).toEqual({
        code: null,
        signal: "SIGKILL",
        stderr: ["going to sleep"],
      });
    }
    expect((errors[0] as Error).message).toBe(
      "the worker was killed by SIGKILL; its last lines on stderr:\n  | going to sleep\n" +
        "  fix: the system kills a process like this when memory runs out: lower maxTokensPerBatch or take a " +
        "smaller model",
    );
    await worker.closed;
    expect(await rejection(worker.request("device/memory", {}))).toBe(errors[0]);
    await worker.close();
  });

  test("what was answered before the worker ended is not lost", async () => {
    const worker = await startFake(transport);
    const answers = Array.from({ length: 200 }, () => worker.request("model/digest", { model: "m" }));
    const last = worker.request("shutdown", {});
    expect(await Promise.all([...answers, last])).toEqual([...answers.map(() => ({ digest: "d" })), {}]);
    await worker.close();
  });

  test("an exit code is told", async () => {
    const worker = await startFake(transport);
    const error = await rejection(worker.request("model/load", load("exit")));
    expect((error as WorkerDied).exit).toEqual({ code: 3, signal: null, stderr: [] });
    expect((error as Error).message).toBe("the worker ended with exit code 3 and printed nothing");
    await worker.close();
  });

  test("closing in mid-call ends the process and rejects what is pending", async () => {
    let close: Promise<void> | undefined;
    const worker = await startFake(transport, (line) => {
      if (line === "going to sleep") close = worker.close();
    });
    const error = await rejection(worker.request("model/load", load("say and sleep")));
    expect(error).toBeInstanceOf(AftError);
    expect((error as Error).message).toBe("the worker was closed");
    await close;
    expect(isAlive(worker.pid)).toBe(false);
  });

  test("when the parent is killed the worker is gone long before its call ends", async () => {
    const node = parent(transport, "sleep");
    const pid = await new Promise<number>((resolve) =>
      node.stdout.once("data", (data) => resolve(Number(String(data)))),
    );
    expect(isAlive(pid)).toBe(true);
    node.kill("SIGKILL");
    expect(await until(() => !isAlive(pid))).toBe(true);
    await node;
  });

  test("Node ends by itself after close, and nothing of the worker is on its stdout", async () => {
    const { exitCode, stdout, stderr } = await parent(transport, "close");
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "closed", stderr: "" });
  });

  test("two workers at once are two processes", async () => {
    const workers = await Promise.all([startFake(transport), startFake(transport)]);
    expect(new Set(workers.map((worker) => worker.pid)).size).toBe(2);
    const answers = await Promise.all(workers.map((worker) => worker.request("generate", generate(["a"]))));
    expect(answers.map((answer) => answer.candidates)).toEqual([1, 1]);
    await Promise.all(workers.map((worker) => worker.close()));
  });
});
