import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { ensurePython } from "../../../ts/bridge/index.ts";
import { projectRoot } from "../../../ts/core/project.ts";
import { firstLine } from "../../e2e/aft.ts";

vi.setConfig({ testTimeout: 120_000 });

let python: string;
beforeAll(async () => {
  python = await ensurePython();
});

/** `aft notebook` with a stand-in for Jupyter, once that has started a kernel, the kernel a worker, and it a browser. */
async function started(how: string) {
  const program = join(projectRoot, "tests", "ts", "cli", "serving", "main.ts");
  const aft = execa("node", ["--import", "tsx", program, python, how], { cwd: projectRoot, reject: false });
  const line = await firstLine(aft);
  const [server, kernel, worker, browser] = line.split(" ").map(Number);
  return { aft, server: server!, kernel: kernel!, worker: worker!, browser: browser! };
}

/** A process that has ended may still be listed, as a zombie, where nobody asks how. */
async function runs(pid: number): Promise<boolean> {
  const { stdout } = await execa("ps", ["-o", "stat=", "-p", String(pid)], { reject: false });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

async function ended(...pids: number[]): Promise<void> {
  for (const pid of pids) while (await runs(pid)) await setTimeout(50);
}

describe.skipIf(process.platform === "win32")("nothing that Jupyter has started is left behind", () => {
  test.concurrent.each(["SIGINT", "SIGTERM"] as const)(
    "after %s, which is told in one line and ends with 130",
    async (signal) => {
      const { aft, server, kernel, worker, browser } = await started("hears");
      aft.kill(signal);
      expect(await aft).toMatchObject({ exitCode: 130, stderr: "\nstopping Jupyter and its kernels" });
      await ended(server, kernel, worker);
      // What the user looks at is theirs.
      expect(await runs(browser)).toBe(true);
      process.kill(browser, "SIGKILL");
    },
  );

  test.concurrent.each(["SIGINT", "SIGHUP", "SIGKILL"] as const)(
    "after %s, though neither the server nor a kernel does as it is told",
    async (signal) => {
      const { aft, server, kernel, worker, browser } = await started("deaf");
      aft.kill(signal);
      await aft;
      await ended(server, kernel, worker);
      process.kill(browser, "SIGKILL");
    },
  );

  test.concurrent("when Jupyter ends by itself, whose exit code it is then", async () => {
    const { aft, kernel, worker, browser } = await started("quits");
    expect(await aft).toMatchObject({ exitCode: 3, stderr: "" });
    await ended(kernel, worker);
    process.kill(browser, "SIGKILL");
  });
});
