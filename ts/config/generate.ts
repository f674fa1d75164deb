/** `npm run generate`: the schema with which editors check and complete experiment files, and the table of methods. */
import { writeFileAtomic } from "../core/files.ts";
import { editorSchema, editorSchemaPath } from "./editor-schema.ts";
import { pageWithMethodTable } from "./methods/table.ts";

for (const { path, content } of [
  { path: editorSchemaPath, content: editorSchema() },
  pageWithMethodTable(),
]) {
  await writeFileAtomic(path, content);
  process.stdout.write(`wrote ${path}\n`);
}
