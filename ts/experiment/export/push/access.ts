/** Who pushes, and where to: the user's token, the repository's name. Nothing here prints a token. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { inputError } from "../../../core/errors.ts";

export interface Repository {
  type: "model" | "dataset";
  /** `ORGANISATION/NAME`; a user is an organisation here. */
  name: string;
}

/** Where a repository is looked at. */
export const pageOf = ({ type, name }: Repository, hub: string): string =>
  `${hub}/${type === "dataset" ? "datasets/" : ""}${name}`;

/** The hub's own rules for names: letters, digits, `-`, `_` and `.`, at most 96 of them. */
export function checkName(name: string): void {
  const part = /^(?!.*(?:--|\.\.))[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9_])?$/;
  const parts = name.split("/");
  if (
    parts.length === 2 &&
    parts.every((one) => part.test(one) && one.length <= 96) &&
    !name.endsWith(".git")
  )
    return;
  throw inputError({
    what: "--push: not a repository's name",
    found: name,
    expected: "ORGANISATION/NAME, or USER/NAME, of letters, digits, - _ and . (no -- and no ..)",
  });
}

/**
 * The token of HF_TOKEN, else of the file that the hub's own programs keep (`hf auth login`). A token on a command line
 * would be seen by all users of the machine and kept in the shell's history, so there is no option for it.
 */
export async function hubToken(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
  const file = env.HF_TOKEN_PATH || join(home, "token");
  const given = env.HF_TOKEN?.trim();
  const token = given || (await readFile(file, "utf8").catch(() => "")).trim();
  const place = given ? "HF_TOKEN" : file;
  if (token === "")
    throw inputError({
      what: "--push needs a token of the Hugging Face hub, and there is none",
      where: file,
      fix: "make one with the right to write at huggingface.co/settings/tokens, and set HF_TOKEN or run hf auth login",
    });
  if (!/^hf_\w+$/.test(token))
    throw inputError({ what: `${place} does not hold a token of the Hugging Face hub`, expected: "hf_..." });
  return token;
}
