import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startWorker, type Worker } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { warmEnvironment } from "./warm.ts";

/**
 * A worker of one thread at once, forked from the warm Python: for tests of what a worker does, not of how it starts. Its
 * process is the one that works, not the one that stands for it here: killed, it answers nothing more.
 */
export async function startWarmWorker(): Promise<Worker> {
  const environment = await warmEnvironment();
  const file = `${environment.AFT_WARM_SOCKET}.${randomUUID()}.pid`;
  const worker = await startWorker({
    transport: "stdio",
    python: join(projectRoot, "tests", "warm", "python"),
    threads: 1,
    env: { ...environment, AFT_WORKER_PID_FILE: file },
  });
  return { ...worker, pid: Number(await readFile(file, "utf8")) };
}
