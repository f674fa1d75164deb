/** Rows of a file by their places in it, none of them kept. */
import { closeSync, openSync, readSync } from "node:fs";
import type { z } from "zod";
import { Column } from "../../core/columns.ts";
import { failure } from "../../core/errors.ts";
import { decodeUtf8 } from "../../core/files.ts";
import { parseJson } from "../../core/json.ts";
import { forEachRow } from "../../core/jsonl.ts";

/** Rows of a file, each from its first byte to that of the row after it. */
export interface Places {
  begin: Float64Array;
  end: Float64Array;
}

/** A file to be read, and what messages call it. */
export interface ReadFile {
  path: string;
  shownAs: string;
}

/** Rows that are read between two reports of how far it is. */
const reportEvery = 1024;

/** Where the rows of a file begin, and their numbers in it. */
export class RowIndex<T> {
  readonly file: ReadFile;
  readonly #schema: z.ZodType<T>;
  readonly #begins = new Column(Float64Array);
  #end = 0;
  /** The rows before which blank lines stand: number of the row here, and in the file. */
  readonly #numbers = new Column(Uint32Array);
  readonly #lines = new Column(Uint32Array);

  constructor(file: ReadFile, schema: z.ZodType<T>) {
    this.file = file;
    this.#schema = schema;
  }

  get size(): number {
    return this.#begins.size;
  }

  /** From the file's beginning to the end of its last row. */
  get bytes(): number {
    return this.#end;
  }

  /** Reads all rows once and checks them, each by itself. */
  async scan(take: (value: T, number: number) => void, onRead: (bytes: number) => void): Promise<void> {
    let line = 0;
    await forEachRow(
      this.file.path,
      this.#schema,
      (value, { row, offset, end }) => {
        if (row !== line + 1) {
          this.#numbers.push(this.size);
          this.#lines.push(row);
        }
        line = row;
        this.#begins.push(offset);
        this.#end = end;
        if (this.size % reportEvery === 0) onRead(end);
        take(value, this.size - 1);
      },
      this.file.shownAs,
    );
  }

  placeOf(row: number): { begin: number; end: number } {
    const end = row + 1 < this.size ? this.#begins.at(row + 1) : this.#end;
    return { begin: this.#begins.at(row), end };
  }

  places(rows: readonly number[]): Places {
    const places = rows.map((row) => this.placeOf(row));
    return {
      begin: Float64Array.from(places, ({ begin }) => begin),
      end: Float64Array.from(places, ({ end }) => end),
    };
  }

  /** `file:row` */
  where(row: number): string {
    const blank = this.#numbers.values.findLastIndex((number) => number <= row);
    const line = blank < 0 ? row + 1 : this.#lines.at(blank) + row - this.#numbers.at(blank);
    return `${this.file.shownAs}:${line}`;
  }
}

/** Bytes between two rows that are read with them, not passed over. */
const nearby = 1 << 12;

/** Rows of one file by their places. */
export class RowsOf<T> {
  readonly #file: ReadFile;
  readonly #schema: z.ZodType<T>;
  #buffer = Buffer.alloc(0);

  constructor(file: ReadFile, schema: z.ZodType<T>) {
    this.#file = file;
    this.#schema = schema;
  }

  read({ begin, end }: Places): T[] {
    const rows = new Array<T>(begin.length);
    if (rows.length === 0) return rows;
    const order = Uint32Array.from(begin, (_, at) => at).sort((a, b) => begin[a]! - begin[b]!);
    const file = openSync(this.#file.path, "r");
    try {
      for (let first = 0; first < order.length; ) {
        const start = begin[order[first]!]!;
        let past = first;
        let stop = start;
        for (; past < order.length && begin[order[past]!]! <= stop + nearby; past++)
          stop = end[order[past]!]!;
        const bytes = this.#bytes(file, start, stop - start);
        for (; first < past; first++) {
          const at = order[first]!;
          rows[at] = this.#parsed(bytes.subarray(begin[at]! - start, end[at]! - start));
        }
      }
    } finally {
      closeSync(file);
    }
    return rows;
  }

  #bytes(file: number, position: number, length: number): Buffer {
    if (this.#buffer.length < length) this.#buffer = Buffer.alloc(Math.max(length, 1 << 20));
    for (let read = 0; read < length; ) {
      const count = readSync(file, this.#buffer, read, length - read, position + read);
      if (count === 0) throw this.#changed();
      read += count;
    }
    return this.#buffer.subarray(0, length);
  }

  #parsed(bytes: Buffer): T {
    const end = bytes.indexOf(10);
    const line = decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
    try {
      return this.#schema.parse(parseJson(line ?? ""));
    } catch (error) {
      throw this.#changed(error);
    }
  }

  #changed(cause?: unknown): Error {
    return failure(
      {
        what: "the file was changed while it was being judged",
        where: this.#file.shownAs,
        fix: "run the same command again",
      },
      { cause },
    );
  }
}
