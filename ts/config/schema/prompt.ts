import { z } from "zod";
import { defined } from "../../core/defined.ts";
import { count, text } from "./values.ts";

const templates = ["plain", "alpaca", "chat"] as const;
const template = z.enum(templates).meta({
  description:
    "plain: the task's own form; alpaca: an instruction and a response; chat: the model's own chat template",
});

/** The place of the question in a text of the user's own. */
export const questionPlace = "{question}";

const system = text.optional().meta({
  description: "chat: the system message; alpaca: the sentence in front",
});
const fewShot = count.default(0).meta({
  description: "solved training questions in front of each question; they are not trained on",
});
const stop = z
  .array(text)
  .default([])
  .meta({ description: "texts that end a response, beside the end-of-sequence token" });

/**
 * How a question is put to the model: a template's name, or a map with one and what goes with it, or a text of the user's
 * own in which `{question}` stands for the question (with its options, where it has some).
 */
export const promptSchema = z
  .union([
    template,
    z.strictObject({
      template: template.default("plain"),
      system,
      fewShot,
      stop,
    }),
    z.strictObject({
      text: z
        .string()
        .refine((text) => text.split(questionPlace).length === 2, {
          message: `${questionPlace} does not stand in it exactly once`,
          params: { expected: `a text with ${questionPlace} in it once` },
        })
        .meta({ description: `a template of your own: ${questionPlace} stands for the question` }),
      fewShot,
      stop,
    }),
  ])
  .meta({ description: "how a question is put to the model" });
export type Prompt = z.output<typeof promptSchema>;

/** The same with everything filled in. */
export interface PromptSettings {
  template: (typeof templates)[number] | "text";
  /** template `text` only. */
  text?: string;
  system?: string;
  fewShot: number;
  stop: readonly string[];
}

export function promptSettings(prompt: Prompt): PromptSettings {
  if (typeof prompt === "string") return { template: prompt, fewShot: 0, stop: [] };
  if ("text" in prompt) return { template: "text", ...prompt };
  const { system, ...rest } = prompt;
  return { ...rest, ...defined({ system }) };
}
