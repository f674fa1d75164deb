import type { SchemaTree } from "hyparquet";
import { inputError, messageOf } from "../../core/errors.ts";
import { isMap } from "../../core/shape.ts";
import { type Source, sourceOf } from "./source.ts";

/** An Apache Parquet file, whatever its compression; rows are numbered from 1. */
export async function readParquet(file: string): Promise<Source> {
  // Loaded when the first such file is read: most tasks have none.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import(
    "hyparquet"
  );
  const { compressors } = await import("hyparquet-compressors");
  let objects: Record<string, unknown>[];
  let scales: ReadonlyMap<string, number>;
  try {
    const buffer = await asyncBufferFromFile(file);
    const metadata = await parquetMetadataAsync(buffer);
    scales = withoutDecimals(parquetSchema(metadata));
    objects = await parquetReadObjects({ file: buffer, metadata, compressors });
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
      value: plainValue(withDecimals(value, scales)) as Record<string, unknown>,
      where: `${file}:${at + 1}`,
    })),
  );
}

/**
 * Takes the type DECIMAL from columns of which the library then gives the raw integers: read as decimals it multiplies them as
 * numbers, which changes digits (57 hundredths are 0.5700000000000001). Gives the digits behind the point of each.
 */
function withoutDecimals({ children }: SchemaTree): Map<string, number> {
  const scales = new Map<string, number>();
  for (const { element, children: inner } of children) {
    const { name, type, converted_type: converted, scale = 0 } = element;
    if (inner.length > 0 || converted !== "DECIMAL" || type === "BYTE_ARRAY") continue;
    scales.set(name, scale);
    delete element.converted_type;
    delete element.logical_type;
  }
  return scales;
}

function withDecimals(
  row: Record<string, unknown>,
  scales: ReadonlyMap<string, number>,
): Record<string, unknown> {
  if (scales.size === 0) return row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const scale = scales.get(name);
      return [
        name,
        scale === undefined || value === null || value === undefined ? value : decimalOf(value, scale),
      ];
    }),
  );
}

/** The decimal as a number where that says the same, else as text. */
function decimalOf(raw: unknown, scale: number): number | string {
  const unscaled = raw instanceof Uint8Array ? signedInteger(raw) : BigInt(raw as number | bigint);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const [whole, part] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)];
  const decimals = part.replace(/0+$/, "");
  const text = `${unscaled < 0n ? "-" : ""}${whole}${decimals === "" ? "" : `.${decimals}`}`;
  return String(Number(text)) === text ? Number(text) : text;
}

/** Big-endian, two's complement. */
const signedInteger = (bytes: Uint8Array): bigint =>
  BigInt.asIntN(
    8 * bytes.length,
    bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n),
  );

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
