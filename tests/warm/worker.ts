import { join } from "node:path";
import { startWorker, type Worker } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { warmEnvironment } from "./warm.ts";

/** A worker of one thread at once, forked from the warm Python: for tests of what a worker does, not of how it starts. */
export const startWarmWorker = async (): Promise<Worker> =>
  startWorker({
    transport: "stdio",
    python: join(projectRoot, "tests", "warm", "python"),
    threads: 1,
    env: await warmEnvironment(),
  });
