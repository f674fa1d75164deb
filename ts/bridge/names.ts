import type { ErrorName, MethodName } from "./protocol.ts";

/** `model/create` -> `ModelCreate`: the stem of a method's type names in the schema file and in `protocol.py`. */
const typeStem = (method: MethodName): string =>
  method
    .split("/")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");

export type MessagePart = "params" | "result" | "progress";

const suffixes = { params: "Params", result: "Result", progress: "Progress" } as const;

/** The definition in `protocol.schema.json` that describes one part of a method. */
export const partName = (method: MethodName, part: MessagePart): string => typeStem(method) + suffixes[part];

/** The definition that describes the `data` of an error. */
export const errorDataName = (error: ErrorName): string => `${error}Data`;
