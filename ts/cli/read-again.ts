import { stat } from "node:fs/promises";
import type { z } from "zod";
import { inMegabytes } from "../core/bytes.ts";
import { rereadable } from "../core/files.ts";
import { forEachRow, hasNoRows, jsonLinesFile, type RowPlace } from "../core/jsonl.ts";
import { progressOn } from "./progress.ts";

const bytesShown = 1 << 20;

/** A file of rows that a command goes through once or more, row by row, and shows how far it is. A pipe will do. */
export class ReadAgain {
  /** Where it can be read. */
  readonly path: string;
  readonly #shownAs: string;
  readonly #label: string;
  readonly #bytes: number;
  readonly #end: () => Promise<void>;

  private constructor(of: {
    path: string;
    shownAs: string;
    label: string;
    bytes: number;
    end(): Promise<void>;
  }) {
    this.path = of.path;
    this.#shownAs = of.shownAs;
    this.#label = of.label;
    this.#bytes = of.bytes;
    this.#end = of.end;
  }

  static async open(shownAs: string, label: string): Promise<ReadAgain> {
    const { path, end } = await rereadable(shownAs, jsonLinesFile);
    return new ReadAgain({ path, shownAs, label, bytes: (await stat(path)).size, end });
  }

  /** Whether it has no row; blank lines are none. */
  isEmpty(): Promise<boolean> {
    return hasNoRows(this.path);
  }

  /** All bad rows are reported together at the end. */
  async forEach<T>(schema: z.ZodType<T>, take: (value: T, place: RowPlace) => void): Promise<void> {
    const progress = progressOn();
    let shown = 0;
    const show = (bytes: number): void => {
      progress.update({ label: this.#label, ...inMegabytes(bytes, this.#bytes) });
      shown = bytes;
    };
    try {
      await forEachRow(
        this.path,
        schema,
        (value, place) => {
          if (place.end - shown > bytesShown) show(place.end);
          take(value, place);
        },
        this.#shownAs,
      );
    } finally {
      progress.end(this.#label);
    }
  }

  close(): Promise<void> {
    return this.#end();
  }
}
