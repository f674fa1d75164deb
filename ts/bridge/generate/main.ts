/** `npm run generate`: writes the files derived from protocol.ts. */
import { writeFileAtomic } from "../../core/files.ts";
import { generatedFiles } from "./files.ts";

for (const [path, content] of generatedFiles()) {
  await writeFileAtomic(path, content);
  process.stdout.write(`wrote ${path}\n`);
}
