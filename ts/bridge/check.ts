import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { ProtocolError } from "./errors.ts";
import { errorDataName, type MessagePart, partName } from "./names.ts";
import type { ErrorData, ErrorName, MethodName, Progress, Result } from "./protocol.ts";

const schemaFile = new URL("./generated/protocol.schema.json", import.meta.url);

let ajv: Ajv2020 | undefined;

/** Compiled at the first message of its kind, so that a command pays only for what it uses. */
function validator(name: string): ValidateFunction {
  if (ajv === undefined) {
    ajv = new Ajv2020({ strict: true, discriminator: true, verbose: true });
    ajv.addSchema(JSON.parse(readFileSync(schemaFile, "utf8")), "protocol");
  }
  const validate = ajv.getSchema(`protocol#/$defs/${name}`);
  if (validate === undefined) throw new Error(`protocol.schema.json has no ${name}: run npm run generate`);
  return validate;
}

function check(name: string, value: unknown, part: string): void {
  const validate = validator(name);
  if (validate(value) === true) return;
  // Of a union every branch complains; the deepest place is what is wrong.
  const errors = validate.errors as ErrorObject[];
  const error = errors.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a));
  throw new ProtocolError({
    what: `the worker sent ${part} that protocol.ts does not allow: ${error.message}${detail(error)}`,
    where: error.instancePath === "" ? "/" : error.instancePath,
    found: error.data,
    fix: "run npm run generate, and see that the worker is the one of this version",
  });
}

const detail = ({ keyword, params }: ErrorObject): string =>
  keyword === "additionalProperties" ? ` (${String(params.additionalProperty)})` : "";

export function checkedResult<M extends MethodName>(method: M, value: unknown): Result<M> {
  checkPart(method, "result", value);
  return value as Result<M>;
}

export function checkedProgress<M extends MethodName>(method: M, value: unknown): Progress<M> {
  checkPart(method, "progress", value);
  return value as Progress<M>;
}

const checkPart = (method: MethodName, part: MessagePart, value: unknown): void =>
  check(partName(method, part), value, `a ${part} of ${method}`);

export function checkedErrorData<E extends ErrorName>(method: string, error: E, data: unknown): ErrorData<E> {
  check(errorDataName(error), data, `data of the error ${error} of ${method}`);
  return data as ErrorData<E>;
}
