/** `npx tsx tests/ts/cli/bad-inputs/write.ts`: writes errors.txt anew, to be read before it is committed. */
import { writeFileSync } from "node:fs";
import { blockOf, cases, errorsFile } from "./all.ts";
import { toldOf } from "./told.ts";

const written: string[] = [];
for (const one of cases) written.push(blockOf(one, await toldOf(one)));
writeFileSync(errorsFile, written.join("\n"));
