import type { HubApiError } from "@huggingface/hub";
import { failure, Interrupted, inputError } from "../../../core/errors.ts";
import { hubAddress } from "../../../data/index.ts";
import { pageOf, type Repository } from "./access.ts";
import { reasonOf } from "./retry.ts";

/** The HTTP status of a hub's answer, where the error is one. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && "statusCode" in error ? (error as HubApiError).statusCode : undefined;

/** What the hub or the network says, in one error that says what to do. Addresses are left out: those of uploads are signed. */
export async function explained<T>(
  { repository, signal }: { repository: Repository; signal?: AbortSignal | undefined },
  token: string,
  work: () => Promise<T>,
): Promise<T> {
  const hub = hubAddress();
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw new Interrupted();
    const status = statusOf(error);
    if (status === undefined) {
      if (!(error instanceof TypeError || (error instanceof Error && error.name === "AbortError")))
        throw error;
      throw failure(
        {
          what: `the hub cannot be reached, or the connection broke off again and again: ${reasonOf(error)}`,
          where: hub,
          fix: "run the same command again: files that have arrived are not sent twice",
        },
        { cause: error },
      );
    }
    const { data } = error as HubApiError;
    const said = typeof data?.error === "string" ? data.error.replaceAll(token, "hf_...") : undefined;
    const found = `HTTP ${status}${said === undefined ? "" : `: ${said}`}`;
    if (status === 401)
      throw inputError({
        what: "the hub does not know the token",
        where: hub,
        found,
        fix: "a token that is valid, in HF_TOKEN or by hf auth login",
      });
    if (status === 403)
      throw inputError({
        what: `the token may not write to ${repository.name}`,
        where: hub,
        found,
        fix: "a token with the right to write there (huggingface.co/settings/tokens), or a name of your own",
      });
    throw failure(
      {
        what: "the hub did not take it",
        where: pageOf(repository, hub),
        found,
        fix: "see what the hub says; then the same command again",
      },
      { cause: error },
    );
  }
}
