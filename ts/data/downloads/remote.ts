/** A file that somebody else keeps, and why it cannot be had. */

/** The file's bytes from some place on. */
export interface Opened {
  bytes: AsyncIterable<Uint8Array>;
  /** Where the bytes begin: 0 where the server would not go on from the requested place. */
  from: number;
  total?: number | undefined;
  /** Identifies this version of the file: a broken download is resumed only with an equal tag. */
  tag?: string | undefined;
  /** The publisher's own digest, where the server gives it. */
  sha256?: string | undefined;
}

export interface OpenRequest {
  /** Bytes that are here already. */
  from: number;
  /** The version that they are of. */
  tag: string | undefined;
  signal: AbortSignal;
}

export type Open = (request: OpenRequest) => Promise<Opened>;

/** The server said no, or nothing. `again`: the same may go well a moment later. */
export class Unavailable extends Error {
  override name = "Unavailable";
  readonly again: boolean;
  readonly status: number | undefined;
  /** How long the server asks to be left alone. */
  readonly waitMs: number | undefined;
  constructor(
    message: string,
    options: { again: boolean; status?: number; waitMs?: number; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.again = options.again;
    this.status = options.status;
    this.waitMs = options.waitMs;
  }
}

export const isPassing = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || status >= 500;
