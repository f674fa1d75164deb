/** How a question is put to the model: templates, solved examples in front, and the digest by which prompts are known. */
import { createHash } from "node:crypto";
import { type PromptSettings, questionPlace } from "../config/index.ts";
import { inputError } from "../core/errors.ts";
import { randomFrom } from "../core/random.ts";
import type { Question } from "../core/records.ts";
import type { Splits, Task } from "./task.ts";

export interface Message {
  role: "system" | "user" | "assistant";
  content: string;
}
/** What a model's own chat template makes a prompt of. */
export type Conversation = Message[];

/** The sentence in front of an instruction, where the settings name no other. */
const alpacaSystem =
  "Below is an instruction that describes a task. Write a response that appropriately completes the request.";

/** The exact text that the model is given: the one the question carries, else the task's plain form. */
export function promptOf(question: Question, task: Task): string {
  return typeof question.prompt === "string" ? question.prompt : task.plain(question);
}

/**
 * A question as the settings put it, the solved `examples` before it: a text, or for the chat template the
 * conversation of which the model's tokenizer makes the text. Every template ends where a response begins.
 */
export function putQuestion(
  question: Question,
  task: Task,
  settings: PromptSettings,
  examples: readonly Question[] = [],
): string | Conversation {
  if (settings.template === "chat") {
    const turns = examples.flatMap((example): Message[] => [
      { role: "user", content: task.body(example) },
      { role: "assistant", content: example.reference ?? "" },
    ]);
    const system: Message[] =
      settings.system === undefined ? [] : [{ role: "system", content: settings.system }];
    return [...system, ...turns, { role: "user", content: task.body(question) }];
  }
  const put = (item: Question): string => {
    if (settings.template === "plain") return task.plain(item);
    if (settings.template === "text") return settings.text!.split(questionPlace).join(task.body(item));
    return `### Instruction:\n${task.body(item)}\n\n### Response:\n`;
  };
  const system = settings.system ?? (settings.template === "alpaca" ? alpacaSystem : undefined);
  const front = system === undefined ? "" : `${system}\n\n`;
  const solved = examples.map((example) => `${put(example)}${example.reference ?? ""}\n\n`);
  return `${front}${solved.join("")}${put(question)}`;
}

/**
 * The splits without the training questions that stand as solved examples in front of every prompt, and those: `count`
 * of them, drawn by the seed, none without a reference.
 */
export function fewShotSplits(
  splits: Splits,
  count: number,
  seed: number,
  where?: string,
): { splits: Splits; examples: Question[] } {
  if (count === 0) return { splits, examples: [] };
  const solved = splits.train.filter(({ reference }) => reference !== undefined);
  if (solved.length < count)
    throw inputError({
      what: "too few solved training questions for the examples in front of each prompt",
      where,
      found: solved.length,
      expected: `at least ${count}, or a smaller fewShot`,
    });
  const examples = randomFrom("few-shot", seed).shuffle(solved).slice(0, count);
  const taken = new Set(examples);
  return { splits: { ...splits, train: splits.train.filter((question) => !taken.has(question)) }, examples };
}

/** SHA-256 over prompts in their order: equal prompts, equal digest. */
export function promptDigest(prompts: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const prompt of prompts) hash.update(JSON.stringify(prompt)).update("\n");
  return hash.digest("hex");
}

/** A question of no task, through which a template can be seen. */
export const exampleQuestion = (task: string): Question => ({
  id: "ID",
  task,
  question: "QUESTION",
  answer: "ANSWER",
  reference: "REFERENCE",
  choices: ["FIRST", "SECOND"],
});
