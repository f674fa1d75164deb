/** `npm run generate`: writes the questions' browser as every report carries it. */
import { writeFileAtomic } from "../../../../core/files.ts";
import { bundleApp, generatedFile } from "./bundle.ts";

await writeFileAtomic(generatedFile, await bundleApp());
process.stdout.write(`wrote ${generatedFile}\n`);
