/** `npm run generate`: the schema with which editors check and complete experiment files, and the tables of methods. */
import { writeFileAtomic } from "../core/files.ts";
import { editorSchema, editorSchemaPath } from "./editor-schema.ts";
import { filesWithMethodTable } from "./methods/table.ts";

for (const [path, content] of [[editorSchemaPath, editorSchema()] as const, ...filesWithMethodTable()]) {
  await writeFileAtomic(path, content);
  process.stdout.write(`wrote ${path}\n`);
}
