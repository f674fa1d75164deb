import type { Path } from "../../core/shape.ts";

/** Takes a problem with the setting at a path: what it is, the value, and what would be right. */
export type Report = (path: Path, message: string, found: unknown, expected: string) => void;
