/** `npm run generate`: writes the schema with which editors check and complete experiment files. */
import { writeFileAtomic } from "../core/files.ts";
import { editorSchema, editorSchemaPath } from "./editor-schema.ts";

await writeFileAtomic(editorSchemaPath, editorSchema());
process.stdout.write(`wrote ${editorSchemaPath}\n`);
