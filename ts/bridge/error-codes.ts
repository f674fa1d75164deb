/** Every error that the worker answers with; `protocol.ts` is where it is looked for. */
import { z } from "zod";
import { count, lossParts } from "./messages.ts";

const anyError = z.object({
  pointer: z.string().optional().meta({ description: "JSON pointer to the bad value" }),
});

/** Every error the worker answers with: its JSON-RPC code, and what its `data` holds. */
export const errors = {
  ParseError: { code: -32700, data: anyError },
  InvalidRequest: { code: -32600, data: anyError },
  MethodNotFound: {
    code: -32601,
    data: anyError.extend({ method: z.string(), nearest: z.string().optional() }),
  },
  InvalidParams: { code: -32602, data: anyError.extend({ found: z.string().optional() }) },
  InternalError: { code: -32603, data: anyError.extend({ traceback: z.string().optional() }) },
  RequestCancelled: { code: -32800, data: anyError },
  UnknownHandle: { code: -32001, data: anyError.extend({ handle: z.string() }) },
  ModelNotLoaded: { code: -32002, data: anyError.extend({ source: z.string() }) },
  NonFiniteLoss: {
    code: -32003,
    data: anyError.extend({ step: count, groups: z.array(z.string()), loss: lossParts }),
  },
  OutOfMemory: {
    code: -32004,
    data: anyError.extend({
      device: z.string(),
      smaller: count.optional().meta({
        description: "what may be computed at once (tokens, or samples) once all ranks begin anew",
      }),
    }),
  },
  EmptyResponse: { code: -32005, data: anyError.extend({ id: z.string() }) },
  SequenceTooLong: { code: -32006, data: anyError.extend({ id: z.string(), tokens: count, limit: count }) },
  StepOutOfOrder: { code: -32007, data: anyError.extend({ expected: count, found: count }) },
  WriteFailed: { code: -32008, data: anyError.extend({ path: z.string(), errno: z.string() }) },
  ResumeRefused: { code: -32009, data: anyError.extend({ path: z.string() }) },
  DeviceUnavailable: { code: -32010, data: anyError.extend({ device: z.string() }) },
  NoChatTemplate: { code: -32011, data: anyError.extend({ source: z.string() }) },
  ChatTemplateRefused: { code: -32012, data: anyError.extend({ source: z.string(), conversation: count }) },
  RanksDiffer: { code: -32014, data: anyError.extend({ rank: count, host: z.string() }) },
  ResumeDamaged: { code: -32015, data: anyError.extend({ path: z.string() }) },
  SamplerFailed: { code: -32013, data: anyError.extend({ sampler: z.string() }) },
} as const;

export type ErrorName = keyof typeof errors;
export type ErrorData<E extends ErrorName> = z.output<(typeof errors)[E]["data"]>;
