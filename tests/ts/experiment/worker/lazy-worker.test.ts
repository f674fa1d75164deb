import { afterEach, expect, it, vi } from "vitest";
import { LazyWorker } from "../../../../ts/experiment/worker/lazy-worker.ts";
import { load, pathTo, until } from "../../bridge/harness.ts";

afterEach(() => vi.unstubAllEnvs());

it("tells what the worker says of its own, each line once, and nothing of what libraries print", async () => {
  vi.stubEnv("AFT_HANDLERS", "fake_handlers");
  vi.stubEnv("PYTHONPATH", pathTo("../../py"));
  const notes: string[] = [];
  const progress = { note: (text: string) => notes.push(text), update() {}, end() {} };
  const lazy = new LazyWorker({ threads: 1, transport: "stdio" }, progress, new AbortController().signal);
  const worker = await lazy.get();
  for (const source of ["tell", "tell", "tell"]) await worker.request("model/load", load(source));
  await until(() => notes.length > 0, 5_000);
  await lazy.close();
  expect(notes).toEqual(["it goes another way"]);
});
