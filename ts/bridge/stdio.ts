import { Transform } from "node:stream";
import { execa } from "execa";
import { StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { commandOf, processOf } from "./command.ts";
import type { Exit } from "./errors.ts";
import { drained, tailOf } from "./tail.ts";
import type { LaunchOptions, Transport } from "./transport.ts";

export function stdioTransport(options: LaunchOptions): Transport {
  const [program, ...words] = commandOf(options);
  const child = execa(program, words, { ...processOf(options), stdout: "pipe" });
  const tail = tailOf(options.onStderr);
  tail.follow(child.stderr);
  // Written to after the worker's death: the exit says more than the broken pipe.
  child.stdin.on("error", () => {});

  const stdoutEnded = new Promise((resolve) => child.stdout.once("close", resolve));
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => {
      drained(tail.ended(), stdoutEnded).then(() => resolve({ code, signal, stderr: tail.lines }));
    });
    child.then((result) => {
      if (child.pid === undefined)
        resolve({ code: null, signal: null, stderr: [], spawnError: result.code ?? result.shortMessage });
    });
  });
  const reader = new StreamMessageReader(
    options.launch === undefined ? child.stdout : child.stdout.pipe(startOfMessages()),
  );
  // Its timer for a message that stops half-way starts itself again for ever: Node would never end.
  reader.partialMessageTimeout = 0;
  return {
    reader,
    writer: new StreamMessageWriter(child.stdin),
    pid: child.pid ?? 0,
    exited,
    end: () => child.stdin.end(),
    kill: () => child.kill("SIGKILL"),
  };
}

/**
 * Passes on what begins as a message does. A command that reaches another machine may print a greeting of that machine's
 * first, and what looks for a header would wait behind it for ever.
 */
function startOfMessages(): Transform {
  let seen = "";
  return new Transform({
    transform(chunk: Buffer, _, done) {
      if (seen.length < header.length) {
        seen += chunk.toString("latin1");
        if (!seen.startsWith(header.slice(0, seen.length)))
          return done(new Error(`${JSON.stringify(seen.slice(0, 100))} came before the first one`));
      }
      done(null, chunk);
    },
  });
}

const header = "Content-Length: ";
