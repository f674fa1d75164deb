import { fileURLToPath } from "node:url";
import { pythonProtocol } from "./python.ts";
import { protocolSchema } from "./schema.ts";

/** What is derived from `protocol.ts` and checked in: absolute path -> content. */
export function generatedFiles(): Map<string, string> {
  const schema = protocolSchema();
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return new Map([
    [at("../generated/protocol.schema.json"), `${JSON.stringify(schema, null, 2)}\n`],
    [at("../../../py/aft_worker/protocol.py"), pythonProtocol(schema)],
  ]);
}
