import { z } from "zod";
import { device } from "./patterns.ts";
import { count, positive, text } from "./values.ts";

export const workerSchema = z.strictObject({
  device: device
    .default("auto")
    .meta({ description: "auto, cpu, cuda or cuda:N; auto: CUDA where there is one" }),
  threads: positive.optional().meta({ description: "CPU threads; all cores when left out" }),
  python: text.optional().meta({
    description: "an existing Python with torch; the project makes its own environment when left out",
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
});
export type Worker = z.output<typeof workerSchema>;

export const reportSchema = z.strictObject({
  examples: count.default(10).meta({
    description:
      "questions printed with their sampled COTs and scores, on paper and where no script runs; 0 leaves out the browser of all questions, too",
  }),
});
