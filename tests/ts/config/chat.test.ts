import { expect, it } from "vitest";
import { errorOf, load, withChange } from "./helpers.ts";

const chat = (more = "") =>
  withChange("task: arithmetic", `{task: arithmetic, prompt: {template: chat}}${more}`);

it("a model made from scratch without a chat template is refused before it is made", async () => {
  const told = await errorOf(chat());
  expect(told).toContain("tasks.0.prompt: the model made from scratch has no chat template");
  expect(told).toContain("expected: plain or alpaca, or a template in model.create.tokenizer.chatTemplate");
});

it("one with a template, and one from elsewhere, whose tokenizer tells, are not", async () => {
  const of = (setting: string) => load(chat(), { set: [setting] });
  await of("model.create.tokenizer.chatTemplate='{{ messages }}'");
  await of("model={hub: someone/model, create: null}");
});

it("a task's setting beside the tasks is told where it belongs; a misspelt key is still told by its nearest", async () => {
  const at = (key: string) => errorOf(withChange("name: small", `name: small\n${key}`));
  expect(await at("prompt: chat")).toContain(
    "fix: prompt is a setting of a task: write it there, or --set tasks.0.prompt=...",
  );
  const seed = await at("seed: 1");
  expect(seed).toContain("did you mean: seeds");
  expect(seed).not.toContain("fix:");
  expect(await at("colour: red")).not.toContain("fix:");
});
