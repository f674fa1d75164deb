/** A thread of the tests in threads.test.ts: what a piece asks for is what it does. */
import { inputError } from "../../../ts/core/errors.ts";
import { serve } from "../../../ts/core/threads.ts";

serve((start: { add: number }) => (job: number | "refuse" | "break" | "exit") => {
  if (job === "refuse") throw inputError({ what: "not this one", where: "there", fix: "another" });
  if (job === "break") throw new TypeError("a mistake of ours");
  if (job === "exit") process.exit(3);
  // The earlier ones take longer: their results come in their order all the same.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (7 - (job % 7)) * 3);
  const result = new Float64Array([job + start.add]);
  return { result, moved: [result.buffer] };
});
