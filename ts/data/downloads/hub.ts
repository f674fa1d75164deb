import { dirname } from "node:path";
import { inputError } from "../../core/errors.ts";
import { hubAddress } from "./hub-address.ts";
import { isPassing, type Open, type Opened, type OpenRequest, Unavailable } from "./remote.ts";

/** A dataset's file on the Hugging Face hub (HF_ENDPOINT, HF_TOKEN), checked against the digest that the hub lists. */
export const openHub =
  ({ dataset, path, revision }: { dataset: string; path: string; revision: string }): Open =>
  async ({ from, tag, signal }: OpenRequest): Promise<Opened> => {
    // Loaded when something is downloaded from there.
    const hub = await import("@huggingface/hub");
    const plainFetch: typeof fetch = (address, init) =>
      fetch(address, {
        ...init,
        signal,
        headers: { ...(init?.headers as Record<string, string>), "accept-encoding": "identity" },
      });
    const source = {
      repo: { type: "dataset" as const, name: dataset },
      revision,
      fetch: plainFetch,
      hubUrl: hubAddress(),
      ...tokenOf(process.env.HF_TOKEN),
    };
    try {
      const info = await hub.fileDownloadInfo({ ...source, path });
      const listed = await entryOf(hub.listFiles({ ...source, path: dirname(path) }), path);
      // The plain way over HTTP ranges: what broke off goes on anywhere.
      const blob = info && (await hub.downloadFile({ ...source, path, downloadInfo: info, xet: false }));
      if (info === null || blob === null)
        throw new Unavailable(`${dataset} has no file ${path}`, { again: false, status: 404 });
      const start = tag === info.etag && from <= info.size ? from : 0;
      return {
        bytes: (start === 0 ? blob : blob.slice(start)).stream(),
        from: start,
        total: info.size,
        tag: info.etag,
        sha256: listed?.lfs?.oid,
      };
    } catch (error) {
      if (!(error instanceof hub.HubApiError)) throw error;
      throw new Unavailable(`HTTP ${error.statusCode}: ${error.message}`, {
        again: isPassing(error.statusCode),
        status: error.statusCode,
        cause: error,
      });
    }
  };

async function entryOf<T extends { path: string }>(
  entries: AsyncIterable<T>,
  path: string,
): Promise<T | undefined> {
  for await (const entry of entries) if (entry.path === path) return entry;
  return undefined;
}

function tokenOf(token: string | undefined): { accessToken?: string } {
  if (!token) return {};
  if (!token.startsWith("hf_"))
    throw inputError({
      what: "HF_TOKEN is not a token of the Hugging Face hub",
      expected: "hf_... (or no HF_TOKEN)",
    });
  return { accessToken: token };
}
