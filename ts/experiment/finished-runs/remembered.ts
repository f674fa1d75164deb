/** Files that are looked at again and again: what has not been written since is not read again. */
import { open, stat } from "node:fs/promises";
import { decodeUtf8 } from "../../core/files.ts";
import { type StepRecord, stepRecord } from "../step-record.ts";

/** What tells one state of a file from another; undefined: it is not there. */
async function stampOf(path: string): Promise<string | undefined> {
  const status = await stat(path).catch(() => undefined);
  return status && `${status.ino} ${status.size} ${status.mtimeMs}`;
}

/** Values by name, made again where a file that they depend on was written since. */
export class Remembered<T> {
  private readonly known = new Map<string, { stamp: string; value: Promise<T> }>();
  private readonly most: number;

  /** @param most values, those that were asked for last */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.most = most;
  }

  async get(name: string, files: readonly string[], make: () => Promise<T>): Promise<T> {
    const stamp = (await Promise.all(files.map(stampOf))).join("\n");
    const known = this.known.get(name);
    const kept = known?.stamp === stamp ? known : { stamp, value: make() };
    this.known.delete(name);
    this.known.set(name, kept);
    if (this.known.size > this.most) this.known.delete(this.known.keys().next().value!);
    kept.value.catch(() => {
      if (this.known.get(name) === kept) this.known.delete(name);
    });
    return kept.value;
  }
}

/** The steps in a metrics.jsonl that grows: each time only what was added is read. */
export class GrowingSteps {
  private readonly path: string;
  private steps: StepRecord[] = [];
  private inode = 0;
  /** Bytes that were taken up, to the end of a line. */
  private offset = 0;
  private isRead = false;
  private reading: Promise<readonly StepRecord[]> | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * All steps so far; lines that are torn or damaged are left out. Empty where there is no file.
   * @param isWhole nothing will be added: it is read once
   */
  async read(isWhole = false): Promise<readonly StepRecord[]> {
    if (isWhole && this.isRead) return this.steps;
    const steps = await this.readNow();
    this.isRead = isWhole;
    return steps;
  }

  private readNow(): Promise<readonly StepRecord[]> {
    this.reading ??= this.readOn().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readOn(): Promise<readonly StepRecord[]> {
    const handle = await open(this.path).catch(() => undefined);
    if (handle === undefined) return [];
    try {
      const { ino, size } = await handle.stat();
      // A run that goes on puts another file in its place.
      if (ino !== this.inode || size < this.offset) [this.steps, this.offset] = [[], 0];
      this.inode = ino;
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - this.offset),
        0,
        size - this.offset,
        this.offset,
      );
      const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
      this.offset += end;
      const lines = (decodeUtf8(buffer.subarray(0, end)) ?? "").split("\n");
      const added = lines.flatMap((line) => stepIn(line) ?? []);
      if (added.length > 0) this.steps = [...this.steps, ...added];
      return this.steps;
    } finally {
      await handle.close();
    }
  }
}

function stepIn(line: string): StepRecord | undefined {
  try {
    return stepRecord.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
