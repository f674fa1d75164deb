import { type Card, fenced } from "./subject.ts";

/** How to load the weights and put a question as in training, with transformers and with vLLM. */
export function loadingText({ summary, config, form, repository }: Card): string {
  const prompt = summary.prompts?.[0];
  const { maxNewTokens } = config.stages.evaluate;
  const stop = config.tasks.find(({ use }) => use === "train")?.prompt.stop ?? [];
  const question = JSON.stringify(prompt?.first ?? "QUESTION, put as the experiment puts it");
  // The text of a chat template holds its special tokens already: a second begin-of-sequence token is not what was trained.
  const chat = prompt?.template === "chat";
  const special = chat ? ", add_special_tokens=False" : "";
  const stops = stop.length === 0 ? "" : JSON.stringify(stop);
  // An adapter by itself is no model: peft fetches the base that its settings name.
  const adapter = form === "adapter";
  const transformers = `${adapter ? "from peft import AutoPeftModelForCausalLM\nfrom transformers import AutoTokenizer" : "from transformers import AutoModelForCausalLM, AutoTokenizer"}

folder = ${repository === undefined ? '"."  # where this file lies' : JSON.stringify(repository)}
tokenizer = AutoTokenizer.from_pretrained(folder)
model = ${adapter ? "AutoPeftModelForCausalLM" : "AutoModelForCausalLM"}.from_pretrained(folder, dtype="auto")

prompt = ${question}
tokens = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False${special})
answer = model.generate(**tokens, max_new_tokens=${maxNewTokens}, do_sample=False${stops && `, stop_strings=${stops}, tokenizer=tokenizer`})
# A tag that is a special token (<think>, say) is left out here, and was a part of the text in training.
print(tokenizer.decode(answer[0, tokens["input_ids"].shape[1] :], skip_special_tokens=True))`;
  const asked = chat ? `{"prompt_token_ids": tokenizer(prompt${special})["input_ids"]}` : "prompt";
  const vllm = `from vllm import LLM, SamplingParams

greedy = SamplingParams(temperature=0, max_tokens=${maxNewTokens}${stops && `, stop=${stops}`})
[answer] = LLM(model=folder).generate([${asked}], greedy)
print(answer.outputs[0].text)`;
  if (adapter) return fenced(transformers, "python");
  return `${fenced(transformers, "python")}\n\nWith vLLM, \`folder\` and \`prompt\`${chat ? " and `tokenizer`" : ""} as above:\n\n${fenced(vllm, "python")}`;
}

/** The exact text that the model was given, where the run recorded it. */
export function promptText({ summary: { prompts = [] } }: Card): string {
  if (prompts.length === 0) return "As the experiment below says; the run did not record a prompt by itself.";
  return prompts
    .map(
      ({ task, template, digest, first }) =>
        `${task}${template === undefined ? "" : `, template \`${template}\``} (SHA-256 of all its prompts \`${digest.slice(0, 16)}\`); the first one, word by word:\n\n${fenced(first)}`,
    )
    .join("\n\n");
}
