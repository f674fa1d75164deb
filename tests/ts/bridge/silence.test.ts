import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startWorker } from "../../../ts/bridge/index.ts";
import { generate, isAlive, load, rejection, startFake, until } from "./harness.ts";

const often = { AFT_SIGNS_OF_LIFE: "0.2" };
const seldom = { AFT_SIGNS_OF_LIFE: "60" };

describe("a worker that hangs", () => {
  test("is told of, ended and named, whatever is asked of it", async () => {
    const told: number[] = [];
    const worker = await startFake(
      "stdio",
      (line) => line === "going to sleep" && process.kill(worker.pid, "SIGSTOP"),
      {
        env: seldom,
        patience: { toldAfter: 1, endedAfter: 3 },
        onSilence: (seconds) => told.push(seconds),
      },
    );
    // It has only just begun: its first sign comes at once, and no other came.
    const error = await rejection(worker.request("model/load", load("say and sleep")));
    expect((error as Error).message).toBe(
      `the worker (process ${worker.pid}) gave no sign of life for 3 s and was ended\n  fix: run the same command ` +
        "again: it goes on from what was recorded. Where it happens again, look at the disk and the card",
    );
    expect(told).toEqual([1, 2]);
    expect(await until(() => !isAlive(worker.pid))).toBe(true);
    await worker.close();
  });

  test("and is cancelled is waited for no longer than stated: the work ends as interrupted", async () => {
    const stopping = new AbortController();
    const worker = await startFake("stdio", undefined, { letGoMs: 300 });
    const request = worker.request("generate", generate(["a"], 60_000), {
      signal: stopping.signal,
      onProgress: () => {
        process.kill(worker.pid, "SIGSTOP");
        stopping.abort("stopped by hand");
      },
    });
    expect(await rejection(request)).toBe("stopped by hand");
    expect(await until(() => !isAlive(worker.pid))).toBe(true);
    await worker.close();
  });

  test("and is cancelled is interrupted work, too, where it dies before it lets go", async () => {
    const stopping = new AbortController();
    const worker = await startFake("stdio");
    const request = worker.request("generate", generate(["a"], 60_000), {
      signal: stopping.signal,
      onProgress: () => {
        stopping.abort("stopped by hand");
        process.kill(worker.pid, "SIGKILL");
      },
    });
    expect(await rejection(request)).toBe("stopped by hand");
    await worker.close();
  });
});

describe("a worker that hangs before it has said anything, in an import say", () => {
  /** A Python that reads what it is sent and never answers; `pid` is written once it has begun. */
  async function mute(): Promise<{ python: string; pid: string }> {
    const folder = await mkdtemp(join(tmpdir(), "aft-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const python = join(folder, "python");
    const pid = join(folder, "pid");
    await writeFile(
      python,
      `#!/bin/sh\necho $$ > ${pid}.part; mv ${pid}.part ${pid}\nexec cat > /dev/null\n`,
      {
        mode: 0o755,
      },
    );
    return { python, pid };
  }

  test("does not hold up who stops the work", async () => {
    const { python, pid } = await mute();
    const stopping = new AbortController();
    const starting = rejection(startWorker({ transport: "stdio", python, signal: stopping.signal }));
    await expect.poll(() => existsSync(pid), { timeout: 30_000 }).toBe(true);
    stopping.abort("stopped by hand");
    expect(await starting).toBe("stopped by hand");
    expect(isAlive(Number(await readFile(pid, "utf8")))).toBe(false);
  });

  test("is told of and ended in the end", async () => {
    const { python } = await mute();
    const told: number[] = [];
    const startPatience = { toldAfter: 1, endedAfter: 2 };
    const options = { transport: "stdio", python, startPatience } as const;
    const error = await rejection(startWorker({ ...options, onSilence: (seconds) => told.push(seconds) }));
    expect((error as Error).message).toMatch(/^the worker .* gave no sign of life for 2 s and was ended/);
    expect(told).toEqual([1]);
  });

  test("is not begun where the work was stopped before", async () => {
    const signal = AbortSignal.abort("stopped by hand");
    expect(await rejection(startWorker({ transport: "stdio", python: "/no/such/python", signal }))).toBe(
      "stopped by hand",
    );
  });
});

test("a worker deep in a computation lives, and so does one that nothing is asked of", async () => {
  const worker = await startFake("stdio", undefined, {
    env: often,
    patience: { toldAfter: 1, endedAfter: 4 },
  });
  await worker.request("generate", generate(["a"], 5_500));
  await new Promise((resolve) => setTimeout(resolve, 4_500));
  await worker.request("device/memory", {});
  await worker.close();
});
