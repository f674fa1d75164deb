import { ErrorCodes, type Message, type RequestMessage } from "vscode-jsonrpc/node";

/** The notification by which a worker shows that it lives. */
export const signOfLife = "$/alive";

type Id = RequestMessage["id"];

/**
 * Why a message of the worker's is none that this side waits for; undefined for an answer to a request that is open and
 * for its progress. Left to the library such a message would be dropped, and the request that it was for wait for ever.
 */
export function strayReason(message: Message, open: ReadonlySet<Id>): string | undefined {
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return "sent what is neither an answer nor progress";
  const { id, method, params, result, error } = message as unknown as Readonly<Record<string, unknown>>;
  if (method === signOfLife && id === undefined) return undefined;
  if (method !== undefined) {
    if (method !== "$/progress" || id !== undefined)
      return "sent a message that this side knows no method for";
    const token = isObject(params) ? params.token : undefined;
    return open.has(token as Id) ? undefined : "sent progress of no open request";
  }
  if (id === null && error !== undefined) return "answered a message it could not read";
  if (!open.has(id as Id)) return "answered a request that is not open";
  if (error === undefined)
    return result === undefined || result === null
      ? "answered with neither a result nor an error"
      : undefined;
  if (result !== undefined && result !== null) return "answered with both a result and an error";
  const { code, message: text } = isObject(error) ? error : {};
  return Number.isInteger(code) && typeof text === "string" && !ofTheLibrary.has(code as number)
    ? undefined
    : "answered with an error that is not JSON-RPC's";
}

/** Codes by which the library tells of its own end of the connection: from the worker they would read as that. */
const ofTheLibrary: ReadonlySet<number> = new Set([
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.MessageWriteError,
]);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
