import { z } from "zod";
import { device } from "./patterns.ts";
import { count, positive, text, texts } from "./values.ts";

const samplers = ["auto", "transformers", "vllm"] as const;

/** What is handed on to vLLM, by the names that it has there. */
const vllmSchema = z.strictObject({
  tensorParallel: positive.default(1).meta({ description: "GPUs that a model is split over" }),
  dataParallel: positive
    .default(1)
    .meta({ description: "copies of the model, each on GPUs of its own; the samples are shared out" }),
  memoryShare: z.number().gt(0).max(1).optional().meta({
    description:
      "of each GPU's memory; when left out what is free, less a tenth for the worker, which scores meanwhile",
  }),
});

export const workerSchema = z.strictObject({
  device: device
    .default("auto")
    .meta({ description: "auto, cpu, cuda, cuda:N or mps (a Mac's); auto: a GPU where there is one" }),
  devices: positive.default(1).meta({
    description:
      "GPUs of a machine that share the work, a process each (on a CPU: processes); results differ by rounding alone",
  }),
  nodes: positive.default(1).meta({
    description: "machines that share it; `aft worker` is started on each of the others",
  }),
  sharding: z.enum(["auto", "none", "fsdp"]).default("auto").meta({
    description:
      "where processes share the work: none: each has the whole model; fsdp: a part of each weight; auto: fsdp where one GPU cannot hold the model with what training takes",
  }),
  rendezvous: text.optional().meta({
    description:
      "host:port of this machine, where the others meet it; from MASTER_ADDR and MASTER_PORT when left out",
  }),
  rankSeconds: positive.default(60).meta({
    description:
      "seconds after which a process that gives no sign of life to the others counts as lost; all are started again then",
  }),
  threads: positive.optional().meta({
    description: "CPU threads, which processes share out; all cores when left out",
  }),
  python: text.optional().meta({
    description: "an existing Python with torch; the project makes its own environment when left out",
  }),
  launch: texts.optional().meta({
    description:
      "a command that starts the worker elsewhere and hands on its standard streams, as [ssh, gpu-box, '{worker}'] does; {worker} stands for the words that start it here",
  }),
  transport: z
    .enum(["stdio", "pythonia"])
    .default("stdio")
    .meta({ description: "stdio: a process of its own; pythonia: inside Node, for exploring" }),
  maxTokensPerBatch: positive
    .default(8_192)
    .meta({ description: "tokens of one micro-batch; bounds memory, never changes a result" }),
  samplesAtOnce: positive.optional().meta({
    description: "most samples that are decoded at once; sized from free memory when left out",
  }),
  sampler: z.enum(samplers).default("auto").meta({
    description:
      "what draws samples: transformers (in the worker) or vllm; auto: vllm where vllmPython is given",
  }),
  vllmPython: text.optional().meta({ description: "the Python of an environment that has vLLM" }),
  vllm: vllmSchema.optional().meta({ description: "how vLLM holds the model" }),
});
export type Worker = z.output<typeof workerSchema>;

/** How to come by a Python for `vllmPython`. */
export const vllmFix =
  "python3 -m venv vllm && vllm/bin/pip install vllm, then worker.vllmPython: vllm/bin/python";

/** vLLM's own; what is less it raises, and says so in its log alone. */
export const leastVllmTemperature = 0.01;

/** What draws the samples, with vLLM's Python where it is vLLM. */
export type Sampler = { name: "transformers" } | { name: "vllm"; python: string };

export function samplerOf({ sampler, vllmPython: python }: Pick<Worker, "sampler" | "vllmPython">): Sampler {
  return sampler === "transformers" || python === undefined
    ? { name: "transformers" }
    : { name: "vllm", python };
}

export const reportSchema = z.strictObject({
  examples: count.default(10).meta({
    description:
      "questions printed with their sampled COTs and scores, on paper and where no script runs; 0 leaves out the browser of all questions, too",
  }),
});
