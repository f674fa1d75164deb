import type { Model } from "../schema/model.ts";
import { promptSettings } from "../schema/prompt.ts";
import type { Task } from "../schema/tasks/index.ts";
import type { Report } from "./cross.ts";

/** A model made from scratch has the chat template that it is given, and else none. Of others their tokenizer tells. */
export function checkChat(
  model: Model | undefined,
  tasks: readonly Task[] | undefined,
  report: Report,
): void {
  if (model?.create === undefined || model.create.tokenizer.chatTemplate !== undefined) return;
  for (const [at, { prompt }] of (tasks ?? []).entries())
    if (promptSettings(prompt).template === "chat")
      report(
        ["tasks", at, "prompt"],
        "the model made from scratch has no chat template",
        "chat",
        "plain or alpaca, or a template in model.create.tokenizer.chatTemplate",
      );
}
