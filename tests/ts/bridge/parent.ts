/**
 * A Node process of its own that starts a worker: `parent.ts TRANSPORT close` closes it and must then end by
 * itself; `parent.ts TRANSPORT sleep` leaves the worker deep in a call, for a test to kill this process.
 */
import { load, startFake, type TransportName } from "./harness.ts";

const [transport, what] = process.argv.slice(2) as [TransportName, "close" | "sleep"];
const worker = await startFake(transport, (line) => {
  if (line === "going to sleep") process.stdout.write(`${worker.pid}\n`);
});
if (what === "sleep") await worker.request("model/load", load("say and sleep"));
else {
  await worker.request("model/load", load("print"));
  await worker.close();
  process.stdout.write("closed\n");
}
