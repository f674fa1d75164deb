import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { openAddress } from "../../../../ts/data/downloads/http.ts";
import { send, serve } from "./server.ts";

it("a file's bytes all come, however long its reader takes to begin", async () => {
  const bytes = Buffer.from("a row\n".repeat(1000));
  const server = await serve((answering) => send(answering, bytes));
  const { signal } = new AbortController();
  const opened = await openAddress(server.address)({ from: 0, tag: undefined, signal });
  // Node ends the body of an answer that nothing holds any more.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round++) {
    await sleep(5);
    collect();
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.bytes) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});
