import { ensurePython, inspectVllm, type Result, startWorker, type Vllm } from "../bridge/index.ts";
import { memorySize } from "../core/bytes.ts";
import { AftError } from "../core/errors.ts";
import { version } from "../core/project.ts";
import { define, jsonOption } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";
import { progressOn } from "./progress.ts";

interface Findings {
  aft: string;
  node: string;
  worker?: Result<"device/info">;
  vllm?: Vllm & { python: string };
  problems: string[];
}

export const doctor = define({
  options: {
    json: jsonOption(),
    python: {
      type: "string",
      requiresArg: true,
      describe: "look at this Python in place of the project's own",
    },
    "vllm-python": {
      type: "string",
      requiresArg: true,
      describe: "look for vLLM in this Python, as worker.vllmPython",
    },
  },
  async handler({ json, python, "vllm-python": vllmPython }) {
    const findings = await examine(python, vllmPython);
    if (json) printJson(findings);
    else for (const line of describe(findings)) printLine(line);
    if (findings.problems.length > 0) process.exitCode = 1;
  },
});

/** Asks the worker what it sees, over the pythonia transport: a second way in, so that a fault of the first shows. */
async function examine(python: string | undefined, vllmPython: string | undefined): Promise<Findings> {
  const findings: Findings = { aft: version, node: process.versions.node, problems: [] };
  if (vllmPython !== undefined)
    await noting(findings, async () => {
      findings.vllm = { ...(await inspectVllm(vllmPython, "--vllm-python")), python: vllmPython };
    });
  await noting(findings, async () => {
    const interpreter = await ensurePython({ python, progress: progressOn() });
    const worker = await startWorker({ transport: "pythonia", python: interpreter });
    try {
      findings.worker = await worker.request("device/info", {});
      findings.problems.push(...findings.worker.warnings);
    } finally {
      await worker.close();
    }
  });
  return findings;
}

async function noting({ problems }: Findings, look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof AftError)) throw error;
    problems.push(error.message);
  }
}

function describe({ aft, node, worker, vllm, problems }: Findings): string[] {
  const lines = [`aft       ${aft}`, `Node      ${node}`];
  if (worker !== undefined) {
    lines.push(`Python    ${worker.python}  ${worker.executable}`);
    for (const [name, version] of Object.entries(worker.packages)) lines.push(`          ${name} ${version}`);
    lines.push(
      `platform  ${worker.platform}`,
      `CPU       ${worker.cores} cores, ${worker.threads} threads in use, ${memorySize(worker.memoryFreeBytes)} of ${memorySize(worker.memoryTotalBytes)} free`,
    );
    for (const { name, description, freeBytes, totalBytes, dtypes } of worker.devices)
      lines.push(
        `device    ${name}${name === worker.defaultDevice ? " (auto)" : ""}  ${description}, ${memorySize(freeBytes)} of ${memorySize(totalBytes)} free, ${dtypes.join(", ")}`,
      );
  }
  if (vllm !== undefined)
    lines.push(
      `vLLM      ${vllm.version}  ${vllm.python}, ${vllm.platform === "" ? "no device that it can use" : `runs on ${vllm.platform}`}`,
    );
  if (problems.length === 0) return [...lines, "nothing is wrong"];
  return [...lines, ...problems.map((problem) => `PROBLEM   ${problem.replaceAll("\n", "\n          ")}`)];
}
