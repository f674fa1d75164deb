import { rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOfFile } from "../../core/digest.ts";
import { wholeDuration } from "../../core/duration.ts";
import { AftError, failure, Interrupted } from "../../core/errors.ts";
import { makeFolder, writeError } from "../../core/files.ts";
import { appendAll, forget, leftOver, noteVersion, partialOf } from "./partial.ts";
import { type Open, type Opened, Unavailable } from "./remote.ts";

export interface Download {
  /** Where it is to lie. */
  file: string;
  /** Its address, for messages, and to know what a broken download was of. */
  address: string;
  open: Open;
  bytes?: number | undefined;
  sha256?: string | undefined;
  /** The command that checks whether a file put there by hand is the right one. */
  check?: string;
}

export interface FetchOptions {
  signal?: AbortSignal | undefined;
  /** Called after every piece. `from`: bytes that an earlier try left. */
  onProgress?: (done: number, total: number | undefined, from: number) => void;
  /** Called before a wait for another try. */
  note?: (text: string) => void;
  /** The first wait before another try, which doubles each time; ms. */
  firstWaitMs?: number;
  /** How long a connection may be silent, ms. */
  silenceMs?: number;
}

export interface Fetched {
  bytes: number;
  sha256: string;
  /** The digest was compared with the one that the publisher's server gave. */
  byServer: boolean;
}

/** Tries in a row that bring not one byte. */
const mostVainTries = 5;

/**
 * Downloads a file: whole, checked and renamed into place, or not at all. What a broken connection, Ctrl-C or a crash left
 * is gone on with, by the next try or the next call. Fails with what to do where the server says no.
 */
export async function fetchFile(download: Download, options: FetchOptions = {}): Promise<Fetched> {
  const { file } = download;
  await makeFolder(dirname(file)).catch((error: unknown) => {
    throw writeError(file, error);
  });
  let fresh = false;
  for (;;) {
    const { opened, resumed } = await receive(download, options);
    const sha256 = await digestOfFile(partialOf(file));
    const expected = download.sha256 ?? opened.sha256;
    if (expected === undefined || sha256 === expected) {
      const bytes = await moveIntoPlace(file);
      return { bytes, sha256, byServer: download.sha256 === undefined && opened.sha256 !== undefined };
    }
    await forget(file);
    // Two halves of different versions: another try from the beginning decides.
    if (resumed && !fresh) {
      fresh = true;
      options.note?.(`${file}: the parts do not fit together; from the beginning again`);
      continue;
    }
    throw failure({
      what: "what arrived is not the published file (SHA-256)",
      where: download.address,
      found: sha256,
      expected,
      fix: "nothing was kept; a proxy's error page or a newer version looks like this: look at the address in a browser",
    });
  }
}

async function receive(
  download: Download,
  options: FetchOptions,
): Promise<{ opened: Opened; resumed: boolean }> {
  const { firstWaitMs = 1000, signal, note } = options;
  let vain = 0;
  let resumed = false;
  for (;;) {
    const before = await leftOver(download.file, download.address);
    resumed ||= before.bytes > 0;
    try {
      return { opened: await receiveOnce(download, before, options), resumed };
    } catch (error) {
      if (signal?.aborted) throw new Interrupted(`${download.file}: stopped; what has arrived is kept`);
      if (error instanceof AftError) throw error;
      if (error instanceof Unavailable && !error.again) throw refused(download, error);
      const after = await leftOver(download.file, download.address);
      vain = after.bytes > before.bytes ? 1 : vain + 1;
      if (vain >= mostVainTries) throw unreachable(download, error);
      const waitMs =
        (error instanceof Unavailable ? error.waitMs : undefined) ?? firstWaitMs * 2 ** (vain - 1);
      note?.(`${download.address}: ${reasonOf(error)}; again in ${wholeDuration(waitMs / 1000)}`);
      // An abort ends the wait, and then the next try.
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  }
}

async function receiveOnce(
  download: Download,
  before: { bytes: number; tag: string | undefined },
  { signal, onProgress, silenceMs = 60_000 }: FetchOptions,
): Promise<Opened> {
  const silence = new AbortController();
  let heard = Date.now();
  const stop = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  const watch = setInterval(
    () => {
      if (Date.now() - heard > silenceMs)
        silence.abort(new Unavailable("the connection fell silent", { again: true }));
    },
    Math.min(1000, silenceMs / 2),
  );
  try {
    const opened = await download.open({ from: before.bytes, tag: before.tag, signal: stop });
    const total = opened.total ?? download.bytes;
    await noteVersion(download.file, download.address, opened.tag);
    onProgress?.(opened.from, total, opened.from);
    const bytes = await appendAll(download.file, opened.from, opened.bytes, (done) => {
      heard = Date.now();
      onProgress?.(done, total, opened.from);
    });
    if (opened.total !== undefined && bytes < opened.total)
      throw new Unavailable(`the connection ended after ${bytes} of ${opened.total} bytes`, { again: true });
    return opened;
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearInterval(watch);
  }
}

async function moveIntoPlace(file: string): Promise<number> {
  const { size } = await stat(partialOf(file));
  await rename(partialOf(file), file).catch((error: unknown) => {
    throw writeError(file, error);
  });
  await forget(file);
  return size;
}

const byHand = ({ file, address, check }: Download): string =>
  `where there is no network, get ${address} elsewhere and put it at ${file}${check === undefined ? "" : `, then ${check}`}`;

const refused = (download: Download, error: Unavailable): AftError =>
  failure(
    {
      what: `the publisher's server refused the file: ${error.message}`,
      where: download.address,
      fix:
        error.status === 401 || error.status === 403
          ? `set HF_TOKEN where the dataset is gated; or ${byHand(download)}`
          : `it may have moved: look at the dataset's homepage; or ${byHand(download)}`,
    },
    { cause: error },
  );

const unreachable = (download: Download, error: unknown): AftError =>
  failure(
    {
      what: `could not be downloaded, ${mostVainTries} tries in a row: ${reasonOf(error)}`,
      where: download.address,
      fix: `run the same command again: what has arrived is kept; or ${byHand(download)}`,
    },
    { cause: error },
  );

/** `fetch failed` says nothing: what is below it does. */
function reasonOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}
