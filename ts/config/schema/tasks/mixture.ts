import { z } from "zod";

/** How often each task's questions are trained on where there are several. */
export const mixtureSchema = z.strictObject({
  temperature: z.number().min(1).default(1).meta({
    description:
      "a task with n questions and weight w has a share of w n^(1/temperature): 1 by size, large: all alike",
  }),
});
export type Mixture = z.output<typeof mixtureSchema>;
