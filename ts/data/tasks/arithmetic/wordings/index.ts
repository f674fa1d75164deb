/** The ways in which a problem is told, by their names in the settings. */
import { story } from "./story.ts";
import { terse } from "./terse.ts";

export type { Scene, Wording } from "./wording.ts";
export const wordings = { terse, story } as const;
