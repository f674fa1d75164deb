/** The machine that the worker runs on. */
import { z } from "zod";
import { count, device, dtype, method, nothing, path, positive } from "../messages.ts";

export const deviceInfo = z
  .object({
    name: z.string().meta({ description: "cpu, cuda:0, ..." }),
    description: z.string().meta({ description: "the processor's or the card's name" }),
    totalBytes: count.meta({ description: "of its memory" }),
    freeBytes: count.meta({ description: "of its memory, now" }),
    dtypes: z.array(z.string()).meta({ description: "types that it computes in" }),
  })
  .meta({ id: "DeviceInfo", type: "object" });

export const deviceMethods = {
  "device/info": method({
    description: "Python, packages, devices and memory",
    params: nothing,
    result: z.object({
      python: z.string().meta({ description: "its version" }),
      executable: z.string().meta({ description: "the interpreter's path" }),
      platform: z.string().meta({ description: "operating system and machine" }),
      packages: z.record(z.string(), z.string()).meta({ description: "name to version, of those installed" }),
      devices: z.array(deviceInfo).meta({ description: "what models can lie on" }),
      defaultDevice: z.string().meta({ description: "what auto stands for" }),
      threads: positive.meta({ description: "that torch computes with" }),
      cores: positive.meta({ description: "that this process may use" }),
      memoryTotalBytes: count.meta({ description: "main memory" }),
      memoryFreeBytes: count.meta({ description: "main memory that is free now" }),
      warnings: z.array(z.string()).meta({ description: "what is not as it should be, in words" }),
    }),
  }),
  "device/speed": method({
    description: "measures how fast a device computes and copies",
    params: z.object({ device, dtype }),
    result: z.object({
      device: z.string(),
      dtype: z.string(),
      flopsPerSecond: z.number().meta({ description: "of a product of large square matrices" }),
      bytesPerSecond: z.number().meta({ description: "read and written by a copy" }),
      secondsPerCall: z.number().meta({ description: "of the smallest operation, one after another" }),
    }),
  }),
  "folder/check": method({
    description:
      "whether a folder of the caller's is one of the worker's too: reads a file, writes one beside it",
    params: z.object({
      file: path.meta({ description: "one that the caller has written" }),
      content: z.string().meta({ description: "what is in it" }),
      answer: path.meta({ description: "where to write the same" }),
    }),
    result: z.object({
      host: z.string().meta({ description: "the machine's name" }),
      problem: z.string().optional().meta({ description: "why it is not the same folder, in words" }),
    }),
  }),
  "device/memory": method({
    description: "memory in use now, and at most so far",
    immediate: true,
    params: nothing,
    result: z.object({
      residentBytes: count,
      peakResidentBytes: count,
      acceleratorBytes: count,
      peakAcceleratorBytes: count,
    }),
  }),
};
