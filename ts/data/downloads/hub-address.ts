/** The Hugging Face hub's address: HF_ENDPOINT, or its own. */
export const hubAddress = (env: Readonly<Record<string, string | undefined>> = process.env): string =>
  env.HF_ENDPOINT?.replace(/\/+$/, "") || "https://huggingface.co";
