import { isPassing, type Open, type Opened, type OpenRequest, Unavailable } from "./remote.ts";

/** A file at a web address. It goes on from where it broke off only where the server says that it is the same version. */
export const openAddress =
  (address: string): Open =>
  async ({ from, tag, signal }: OpenRequest): Promise<Opened> => {
    const goesOn = from > 0 && tag !== undefined;
    const response = await fetch(address, {
      signal,
      headers: {
        // Lengths and ranges are those of the file, not of some encoding of it.
        "accept-encoding": "identity",
        ...(goesOn ? { range: `bytes=${from}-`, "if-range": tag } : {}),
      },
    });
    if (response.status === 416) {
      await response.body?.cancel();
      return openAddress(address)({ from: 0, tag: undefined, signal });
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Unavailable(`HTTP ${response.status} ${response.statusText}`.trim(), {
        again: isPassing(response.status),
        status: response.status,
        ...waitOf(response),
      });
    }
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    const partial = response.status === 206 && range !== null;
    const length = response.headers.get("content-length");
    return {
      bytes: bytesOf(response),
      from: partial ? Number(range[1]) : 0,
      total: partial ? numberOf(range[2]) : numberOf(length),
      tag: tagOf(response.headers),
    };
  };

/** The bytes of an answer, which is held until they are read: Node ends the body of one that nothing holds any more. */
async function* bytesOf(response: Response): AsyncGenerator<Uint8Array> {
  yield* response.body!;
}

/** A strong validator, or none: of a weak one (`W/"..."`) the bytes may differ. */
function tagOf(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  if (tag !== null && !tag.startsWith("W/")) return tag;
  return headers.get("last-modified") ?? undefined;
}

function numberOf(text: string | null | undefined): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Retry-After in seconds; a date, or a wait of more than two minutes, is ignored. */
function waitOf(response: Response): { waitMs?: number } {
  const seconds = numberOf(response.headers.get("retry-after"));
  return seconds === undefined || seconds > 120 ? {} : { waitMs: seconds * 1000 };
}
