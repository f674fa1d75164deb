import type { Path } from "../../core/shape.ts";

/** Takes a problem with the setting at a path: what it is, the value, what would be right, and what to do. */
export type Report = (path: Path, message: string, found: unknown, expected: string, fix?: string) => void;
