import { delimiter, join } from "node:path";
import { projectRoot } from "../../ts/core/project.ts";

/** The path of a shell that finds `aft`, on every machine alike. */
export const pathWithAft = [join(projectRoot, "tests", "warm", "shell"), process.env.PATH].join(delimiter);
