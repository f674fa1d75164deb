/** `aft notebook` with a stand-in for Jupyter: PYTHON [deaf | quits]. */
import { serveUntilStopped } from "../../../../ts/cli/notebook.ts";

const [python, ...settings] = process.argv.slice(2);
const env = { PYTHONPATH: import.meta.dirname };
await serveUntilStopped("server", settings, {
  cwd: import.meta.dirname,
  ready: async () => ({ python: python!, env }),
});
