import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
} from "vscode-jsonrpc/node";

/** `aft_worker.embedded`. A name that ends in $ takes keyword arguments and pythonia's own options last. */
export interface Embedded {
  start$(logSocket: string, threads: number, options: { $timeout: number }): Promise<number>;
  dispatch$(
    messages: string,
    onProgress: (messages: string) => string,
    options: { $timeout: number },
  ): Promise<string>;
}

/** Made anew for each call: pythonia takes the option out of the object that it is given. */
export const noTimeout = (): { $timeout: number } => ({ $timeout: Number.POSITIVE_INFINITY });

export class TextReader extends AbstractMessageReader {
  #callback: DataCallback = () => {};

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => {} };
  }

  /** Takes a JSON list of messages. */
  take(messages: string): void {
    for (const message of JSON.parse(messages) as Message[]) this.#callback(message);
  }

  fail(error: unknown): void {
    this.fireError(error);
  }
}

export class TextWriter extends AbstractMessageWriter {
  readonly #embedded: Embedded;
  readonly #reader: TextReader;
  readonly #waiting: string[] = [];
  #dispatching = false;

  constructor(embedded: Embedded, reader: TextReader) {
    super();
    this.#embedded = embedded;
    this.#reader = reader;
  }

  async write(message: Message): Promise<void> {
    this.#waiting.push(JSON.stringify(message));
    if (!this.#dispatching) this.#dispatch();
  }

  end(): void {}

  /** One call into Python at a time; what is written during it is fetched by `onProgress`. */
  async #dispatch(): Promise<void> {
    this.#dispatching = true;
    try {
      while (this.#waiting.length > 0)
        this.#reader.take(await this.#embedded.dispatch$(this.#takeWaiting(), this.#onProgress, noTimeout()));
    } catch (error) {
      this.#reader.fail(error);
    } finally {
      this.#dispatching = false;
    }
  }

  #onProgress = (messages: string): string => {
    this.#reader.take(messages);
    return this.#takeWaiting();
  };

  #takeWaiting(): string {
    return JSON.stringify(this.#waiting.splice(0));
  }
}
