/** The kinds of faults. Each does something to a run, and leaves the rest to the same command, given again. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { type Ended, ended, Lost, pathOf, randomMoment, startIn, type Trial } from "./trial.ts";

export interface Kind {
  name: string;
  /** Among these; undefined: any. */
  stages?: readonly string[];
  /** How many of a hundred. */
  share: number;
  /** Only where file systems can be mounted. */
  mounts?: boolean;
  /** @returns what was done, in words */
  act(trial: Trial): Promise<string>;
}

/** Stages of which a worker does the work. */
const ofWorker = ["create", "vft", "sample", "score", "align", "evaluate"];

const kill = (pid: number | undefined, signal: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(pid, signal);
  } catch {
    // It has ended meanwhile: a moment as good as any.
  }
};

const workerOf = async ({ pidFile }: Trial): Promise<number | undefined> =>
  existsSync(pidFile) ? Number(await readFile(pidFile, "utf8")) : undefined;

type Whom = "worker" | "launcher" | "both";

async function signal(trial: Trial, whom: Whom, signals: readonly NodeJS.Signals[]): Promise<string> {
  const started = startIn(trial);
  await randomMoment(trial, started);
  const worker = whom === "launcher" ? undefined : await workerOf(trial);
  const launcher = whom === "worker" ? undefined : started.pid;
  for (const [at, name] of signals.entries()) {
    if (at > 0) await sleep(trial.random.int(100, 1500));
    kill(worker, name);
    kill(launcher, name);
  }
  await ended(started);
  return `${signals.join(", ")} to ${whom}`;
}

const signals = (whom: Whom, names: readonly NodeJS.Signals[], share: number): Kind => ({
  name: `${names.join(" then ")}, ${whom}`,
  share,
  ...(whom === "launcher" ? {} : { stages: ofWorker }),
  act: (trial) => signal(trial, whom, names),
});

/** One bit of a random byte of a random file below the folder; @returns its name. */
async function flip({ random }: Trial, folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  // Small and always there: seldom the first, so that what work is gone on with has its turn.
  const isNote = (file: string): boolean => file.endsWith("unfinished.json") && random.next() < 0.8;
  const shuffled = random.shuffle(files.sort());
  const notes = shuffled.filter(isNote);
  for (const file of [...shuffled.filter((file) => !notes.includes(file)), ...notes]) {
    const bytes = await readFile(file);
    if (bytes.length === 0) continue;
    const at = random.int(0, bytes.length - 1);
    bytes[at]! ^= 1 << random.int(0, 7);
    await writeFile(file, bytes);
    return `byte ${at} of ${file.slice(folder.length + 1)}`;
  }
  return "nothing";
}

const refusedOrDone = ({ exitCode, stderr }: Ended): void => {
  if (exitCode !== 0 && exitCode !== 1) throw new Lost(`it ended with ${exitCode}: ${stderr.slice(-500)}`);
};

/** With the runs folder on a file system of its own, of so many bytes. */
export async function mounted(bytes: number): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "aft-disk-"));
  const { exitCode } = await execa("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], {
    reject: false,
  });
  return exitCode === 0 ? folder : undefined;
}

export const unmount = (folder: string) => execa("umount", ["-l", folder], { reject: false });

const remount = (folder: string, options: string) =>
  execa("mount", ["-o", `remount,${options}`, folder], { reject: false });

export const kinds: readonly Kind[] = [
  signals("worker", ["SIGKILL"], 8),
  signals("launcher", ["SIGKILL"], 8),
  signals("both", ["SIGKILL"], 4),
  signals("worker", ["SIGTERM"], 3),
  signals("launcher", ["SIGTERM"], 7),
  signals("both", ["SIGTERM"], 4),
  signals("worker", ["SIGSTOP", "SIGCONT"], 4),
  signals("launcher", ["SIGSTOP", "SIGCONT"], 3),
  signals("both", ["SIGSTOP", "SIGCONT"], 2),
  signals("worker", ["SIGSTOP", "SIGKILL"], 3),
  signals("launcher", ["SIGSTOP", "SIGKILL"], 3),
  // Two minutes without a sign of life, after which it is ended.
  signals("worker", ["SIGSTOP"], 1),
  {
    name: "one bit of a finished run",
    share: 20,
    stages: ["report"],
    async act(trial) {
      return flip(trial, trial.runs);
    },
  },
  {
    name: "one bit of a finished run, later work removed",
    share: 6,
    stages: ["align", "evaluate", "score"],
    async act(trial) {
      return flip(trial, trial.runs);
    },
  },
  {
    name: "killed, then one bit of the unfinished work",
    share: 15,
    stages: ofWorker.slice(1),
    async act(trial) {
      await signal(trial, "both", ["SIGKILL"]);
      await mkdir(pathOf(trial), { recursive: true });
      return flip(trial, pathOf(trial));
    },
  },
  {
    name: "two launchers, the same command",
    share: 3,
    async act(trial) {
      const both = [startIn(trial), startIn(trial)];
      for (const one of both) refusedOrDone(await ended(one));
      return "two at once";
    },
  },
  {
    name: "two launchers, other settings of one name",
    share: 2,
    async act(trial) {
      const first = startIn(trial);
      await randomMoment(trial, first);
      const second = startIn(trial, { options: ["--set", "stages.align.steps=3"] });
      for (const one of [second, first]) refusedOrDone(await ended(one));
      // The folder is that of the settings that ran last; the artefacts of the others are no part of it.
      return "other settings at once";
    },
  },
  {
    name: "two launchers, two names, the same work",
    share: 3,
    async act(trial) {
      const both = [startIn(trial), startIn(trial, { options: ["--set", "name=other"] })];
      for (const one of both) {
        const { exitCode, stderr } = await ended(one);
        if (exitCode !== 0) throw new Lost(`one of two ended with ${exitCode}: ${stderr.slice(-500)}`);
      }
      return "two names at once";
    },
  },
  {
    name: "a full disk",
    share: 4,
    mounts: true,
    async act(trial) {
      // Room for none of what is missing, or for a part of it.
      const { stdout } = await execa("df", ["--output=used", "-B1", trial.runs]);
      const used = Number(stdout.split("\n")[1]);
      await remount(trial.runs, `size=${used + 4096 * trial.random.int(1, 60)}`);
      refusedOrDone(await ended(startIn(trial)));
      await remount(trial.runs, "size=1g");
      return "no space left";
    },
  },
  {
    name: "a runs folder that becomes read-only",
    share: 3,
    mounts: true,
    async act(trial) {
      const started = startIn(trial);
      await randomMoment(trial, started);
      // Refused while a file is open for writing: then at the next moment.
      let isOver = false;
      started.then(() => {
        isOver = true;
      });
      while (!isOver && (await remount(trial.runs, "ro")).exitCode !== 0) await sleep(20);
      refusedOrDone(await ended(started));
      await remount(trial.runs, "rw");
      return "read-only from a moment on";
    },
  },
  {
    name: "a limit of the size of files",
    share: 2,
    async act(trial) {
      refusedOrDone(await ended(startIn(trial, { limit: `-f ${trial.random.int(1, 40)}` })));
      return "ulimit -f";
    },
  },
];
