/** Where this run of the tests finds its warm Python, which the first test that needs a worker starts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "aft-warm-"));
  process.env.AFT_WARM_SOCKET = join(folder, "socket");
  process.env.AFT_WARM_PARENT = String(process.pid);
  return () => rmSync(folder, { recursive: true, force: true });
}
