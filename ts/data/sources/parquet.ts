import { inputError, messageOf } from "../../core/errors.ts";
import { isMap } from "../../core/shape.ts";
import { type Source, sourceOf } from "./source.ts";

/** An Apache Parquet file, whatever its compression; rows are numbered from 1. */
export async function readParquet(file: string): Promise<Source> {
  // Loaded when the first such file is read: most tasks have none.
  const { asyncBufferFromFile, parquetReadObjects } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  let objects: Record<string, unknown>[];
  try {
    objects = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
  } catch (error) {
    throw inputError(
      {
        what: "not a Parquet file that can be read",
        where: file,
        found: messageOf(error),
        expected: "an Apache Parquet file (a file that Git LFS left as a pointer is none)",
      },
      { cause: error },
    );
  }
  return sourceOf(
    file,
    objects.map((value, at) => ({
      value: plainValue(value) as Record<string, unknown>,
      where: `${file}:${at + 1}`,
    })),
  );
}

/**
 * A value as JSON could hold it: 64-bit integers as numbers where those are exact, else as text; dates as ISO text; lists
 * and maps within; a missing value left out of its row.
 */
export function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)))
    return Array.from(value as ArrayLike<unknown>, plainValue);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, plainValue(inner)]),
  );
}
