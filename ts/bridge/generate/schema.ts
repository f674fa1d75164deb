import { z } from "zod";
import { errorDataName, partName } from "../names.ts";
import { type ErrorName, errors, type MethodName, methods, protocolVersion } from "../protocol.ts";

/** The part of JSON Schema (draft 2020-12) that zod writes for this protocol. */
export interface JsonSchema {
  $ref?: string;
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | boolean;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: (string | number | boolean)[];
  const?: string | number | boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  pattern?: string;
  minItems?: number;
  discriminator?: { propertyName: string };
}

export interface ProtocolSchema {
  $schema: string;
  $comment: string;
  title: string;
  /** Shared types, then `<Method>Params|Result|Progress` of every method and `<Error>Data` of every error. */
  $defs: Record<string, JsonSchema>;
}

/** One schema document with a definition for every part of every message; unknown fields are refused. */
export function protocolSchema(): ProtocolSchema {
  const parts: Record<string, z.ZodType> = {};
  for (const method of Object.keys(methods) as MethodName[]) {
    parts[partName(method, "params")] = methods[method].params;
    parts[partName(method, "result")] = methods[method].result;
    parts[partName(method, "progress")] = methods[method].progress;
  }
  for (const error of Object.keys(errors) as ErrorName[]) parts[errorDataName(error)] = errors[error].data;

  const whole = z.toJSONSchema(z.object(parts), { target: "draft-2020-12", io: "output" });
  const named = (whole.$defs ?? {}) as Record<string, JsonSchema>;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $comment: "Generated from ts/bridge/protocol.ts by `npm run generate`. Do not edit.",
    title: `AFT worker protocol, version ${protocolVersion}`,
    $defs: { ...named, ...(whole.properties as Record<string, JsonSchema>) },
  };
}
