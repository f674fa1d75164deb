import { beginsAnew, ensurePython, follow, ranksOf, startError } from "../bridge/index.ts";
import { defined } from "../core/defined.ts";
import { Interrupted, inputError } from "../core/errors.ts";
import { define } from "./definition.ts";
import { printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

/** Whoever asks begins anew as often (ts/experiment/worker/restarts.ts), and once for the start. */
const mostStarts = 4;

export const worker = define({
  options: {
    devices: { type: "string", least: 1, default: "1", describe: "GPUs of this machine that share the work" },
    nodes: { type: "string", least: 2, demandOption: true, describe: "machines in all" },
    "node-rank": {
      type: "string",
      least: 1,
      demandOption: true,
      describe: "which of them this is, from 1: 0 is the one with aft run",
    },
    rendezvous: {
      type: "string",
      describe: "host:port of the machine with aft run; from MASTER_ADDR and MASTER_PORT when left out",
    },
    threads: { type: "string", least: 1, describe: "CPU threads, which the processes share out" },
    python: { type: "string", describe: "an existing Python with torch" },
  },
  async handler({ devices, nodes, "node-rank": nodeRank, rendezvous, threads, python }) {
    if (nodeRank! >= nodes!)
      throw inputError({
        what: "--node-rank counts from 0, and 0 is the machine with aft run",
        found: nodeRank,
        expected: `1 to ${nodes! - 1}, as --nodes is ${nodes}`,
      });
    const ranks = ranksOf({ devices, nodes: nodes!, rendezvous }, nodeRank!)!;
    const progress = progressOn();
    await untilInterrupted(
      async (signal) => {
        const interpreter = await ensurePython({ ...defined({ python }), progress, signal });
        const options = { python: interpreter, ...defined({ threads }), ranks };
        let starts = 1;
        while (true) {
          printLine(`machine ${nodeRank} of ${nodes} (devices: ${devices}) waits for ${ranks.rendezvous}`);
          const died = await follow({ ...options, signal, onStderr: (line) => progress.note(line) });
          if (signal.aborted)
            throw new Interrupted(
              "stopped: the other machines end too, and the run goes on once all are back",
            );
          if (died === undefined) return printLine("the run has let these ranks go");
          const again = died.exit.code === beginsAnew;
          if (!again && starts++ === mostStarts) throw startError(options, died);
          const count = again ? "" : ` (start ${starts} of at most ${mostStarts})`;
          progress.note(`these ranks ended (${died.how}); they are started again${count}`);
        }
      },
      { notice: "stopping: the ranks of this machine are ended" },
    );
  },
});
