import { spawn } from "node:child_process";
import { relative, resolve } from "node:path";
import { plural } from "../analysis/index.ts";
import { fileSize } from "../core/bytes.ts";
import { inputError, nearestName } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import { unlessInterrupted } from "../core/interrupt.ts";
import { RunsWatch } from "../experiment/index.ts";
import { serveView, writeBundle } from "../view/index.ts";
import { define } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

const highestPort = 65_535;

export const view = define({
  positionals: {
    only: {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "runs or sweeps, by name or folder; all of them when left out",
    },
  },
  options: {
    runs: { type: "string", default: "runs", describe: "the folder of the runs" },
    port: { type: "string", least: 1, describe: "of 127.0.0.1; any free one when left out" },
    open: { type: "boolean", default: false, describe: "open it in a browser" },
    bundle: { type: "string", describe: "write the pages into this folder, as a static site, and end" },
  },
  async handler({ only, runs, port, open, bundle }) {
    if (bundle !== undefined && (port !== undefined || open))
      throw inputError({
        what: "--bundle writes files and serves nothing",
        where: port === undefined ? "--open" : "--port",
        fix: "leave one of the two out",
      });
    if (port !== undefined && port > highestPort)
      throw inputError({
        what: "no such port",
        where: "--port",
        found: port,
        expected: `1 to ${highestPort}`,
      });
    const chosen = only.length === 0 ? undefined : await namesIn(runs, only);
    await untilInterrupted(
      (signal) =>
        bundle === undefined
          ? serve({ runsDirectory: runs, only: chosen, port }, open, signal)
          : write(bundle, { runsDirectory: runs, only: chosen }, signal),
      { notice: "stopping" },
    );
  },
});

/** A run's or a sweep's name within the folder of runs. */
async function namesIn(runs: string, given: readonly string[]): Promise<string[]> {
  const names = await new RunsWatch(runs).names();
  const all = [...new Set(names.flatMap((name) => [name, name.split("/")[0]!]))];
  return given.map((one) => {
    const name = [one, relative(resolve(runs), resolve(one))].find((candidate) => all.includes(candidate));
    if (name !== undefined) return name;
    throw inputError({
      what: "no run and no sweep of this name",
      where: shownPath(runs),
      found: one,
      expected: "a name that `aft runs show` shows, or that of a sweep",
      nearest: nearestName(one, all),
    });
  });
}

type Shown = Omit<Parameters<typeof serveView>[0], "port">;

async function serve(
  options: Parameters<typeof serveView>[0],
  open: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { address, close } = await serveView(options);
  printLine(
    `runs in ${shownPath(options.runsDirectory)}: ${address} (for this machine alone; Ctrl-C ends it)`,
  );
  if (open) openBrowser(address);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await close();
  process.exitCode = 130;
}

async function write(directory: string, shown: Shown, signal: AbortSignal): Promise<void> {
  try {
    const written = await writeBundle(directory, { ...shown, progress: progressOn(), signal });
    const { runs, pairs, files, bytes } = written;
    printLine(
      `${shownPath(written.directory)}: ${plural(runs, "run")}, ${plural(pairs, "pair")} of runs side by side, ${plural(files, "file")}, ${fileSize(bytes)}; open index.html, or copy the folder to any web server`,
    );
  } catch (error) {
    throw unlessInterrupted(error, signal);
  }
}

/** What cannot be opened is no error: the address is printed. */
function openBrowser(address: string): void {
  const [command, ...words] =
    process.platform === "darwin"
      ? ["open", address]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", address]
        : ["xdg-open", address];
  const opening = spawn(command!, words, { stdio: "ignore", detached: true });
  opening.on("error", () => process.stderr.write(`no browser could be opened: open ${address}\n`));
  opening.unref();
}
