/** `aft run --estimate --device KIND`: what a run would take on devices that are not here. */
import type { Experiment } from "../config/index.ts";
import { inputError } from "../core/errors.ts";
import { clusterTable, deviceKind, modelLine, planElsewhere } from "../experiment/index.ts";
import { printJson, printLine } from "./exit.ts";
import { progressOn } from "./progress.ts";

export interface PlanValues {
  runs: string;
  estimate: boolean;
  device: string | undefined;
  devices: number;
  nodes: number;
  json: boolean;
}

/** What is only planned is not run: the devices are elsewhere. */
export function checkPlanned({ device, devices, nodes, estimate }: PlanValues, isSweep: boolean): void {
  if (device === undefined) {
    const [name, found] = devices > 1 ? ["--devices", devices] : ["--nodes", nodes];
    if (found > 1)
      throw inputError({
        what: `${name} is for a plan of devices that are elsewhere, and --device names no kind`,
        found,
        expected: `--estimate --device KIND beside ${name}, h100 for one; worker.devices is how many compute`,
      });
    return;
  }
  deviceKind(device, "--device");
  if (!estimate)
    throw inputError({
      what: "--device is for a plan: it names a kind of device that need not be here",
      found: device,
      expected: "--estimate beside it; worker.device is what computes",
    });
  if (isSweep)
    throw inputError({
      what: "--device plans one experiment: this file is a sweep",
      found: device,
      expected: "an experiment's file, with one cell's settings by --set",
    });
}

export async function printElsewhere(
  experiment: Experiment,
  argv: PlanValues,
  signal: AbortSignal,
): Promise<void> {
  const cluster = {
    kind: deviceKind(argv.device!, "--device"),
    devices: argv.devices,
    nodes: argv.nodes,
  };
  const options = { runsDirectory: argv.runs, progress: progressOn(), signal };
  const { plan, model, warnings } = await planElsewhere(experiment, options, cluster);
  if (argv.json) return printJson({ ...plan, model, warnings });
  printLine(clusterTable(plan, modelLine(model)));
  for (const warning of warnings) printLine(`warning: ${warning}`);
}
