import { join } from "node:path";
import { inputError } from "../../core/errors.ts";
import { type ProgressSink, silent } from "../../core/progress.ts";
import { addressOf, type Dataset, datasetOf, type PublishedFile } from "./catalogue.ts";
import { type FetchOptions, fetchFile } from "./fetch-file.ts";
import { openAddress } from "./http.ts";
import { openHub } from "./hub.ts";
import { addPin, type FileState, stateOf } from "./pins.ts";

export interface GetOptions extends Pick<FetchOptions, "signal" | "firstWaitMs" | "silenceMs"> {
  /** The data folder; the dataset's files go into a folder of its task's name there. */
  to: string;
  progress?: ProgressSink;
}

export interface Got {
  file: string;
  address: string;
  bytes: number;
  sha256: string;
  /** It was there before. */
  already: boolean;
  checkedBy: FileState["checkedBy"];
}

/**
 * Downloads a dataset's files that are not there, those of the tasks that it uses too. A file that is there and is not what
 * it should be is an input error: nothing that a user put there is overwritten.
 */
export async function getDataset(dataset: Dataset, options: GetOptions): Promise<Got[]> {
  const used = (dataset.uses ?? []).flatMap((task) => datasetOf(task) ?? []);
  const files: Got[] = [];
  for (const source of [...used, dataset])
    for (const file of source.files) files.push(await getFile(source, file, options));
  return files;
}

async function getFile(dataset: Dataset, published: PublishedFile, options: GetOptions): Promise<Got> {
  const folder = join(options.to, dataset.task);
  const state = await stateOf(folder, published);
  const address = addressOf(published);
  const { file } = state;
  if (state.there) {
    refuseOther(state, address);
    const { bytes, sha256, checkedBy } = state;
    if (checkedBy === "first") await addPin(folder, published.path, { sha256, bytes, address });
    return { file, address, bytes, sha256, already: true, checkedBy };
  }
  const { progress = silent, to: _, ...rest } = options;
  const label = `${dataset.task}/${published.path}`;
  try {
    const fetched = await fetchFile(
      {
        file,
        address,
        open:
          "address" in published.from
            ? openAddress(mirrored(published.from.address))
            : openHub(published.from.hub),
        bytes: published.bytes,
        sha256: state.expected,
        check: `aft data check ${dataset.task}`,
      },
      {
        ...rest,
        note: (text) => progress.note(text),
        onProgress: (done, total, from) =>
          progress.update({ label, done: kilo(done), total: kilo(total ?? 0), from: kilo(from), unit: "kB" }),
      },
    );
    const { bytes, sha256, byServer } = fetched;
    if (state.expected === undefined) await addPin(folder, published.path, { sha256, bytes, address });
    const checkedBy = state.expected !== undefined ? state.checkedBy : byServer ? "server" : "first";
    return { file, address, bytes, sha256, already: false, checkedBy };
  } finally {
    progress.end(label);
  }
}

const kilo = (bytes: number): number => Math.round(bytes / 1000);

/** AFT_DATA_MIRROR stands in front of every publisher's host: `MIRROR/raw.githubusercontent.com/...`. */
function mirrored(address: string): string {
  const mirror = process.env.AFT_DATA_MIRROR;
  return mirror ? `${mirror.replace(/\/$/, "")}/${address.replace(/^https:\/\//, "")}` : address;
}

function refuseOther({ file, right, sha256, expected, checkedBy }: FileState, address: string): void {
  if (right) return;
  throw inputError({
    what: `is there already, and is not the file that ${checkedBy === "pin" ? "was downloaded here first" : "is published"} (SHA-256)`,
    where: file,
    found: sha256,
    expected: expected!,
    fix: `move it away and run the same command again: it comes from ${address}`,
  });
}
