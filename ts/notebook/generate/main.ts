/** `npm run generate`: writes the library's types from the zod schemas. */
import { writeFileAtomic } from "../../core/files.ts";
import { generatedTypes } from "./files.ts";

for (const [path, { text }] of generatedTypes()) {
  await writeFileAtomic(path, text);
  process.stdout.write(`wrote ${path}\n`);
}
