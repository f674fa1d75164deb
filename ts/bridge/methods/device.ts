/** The machine that the worker runs on. */
import { z } from "zod";
import { count, device, deviceInfo, dtype, nothing, positive } from "../messages.ts";

export const deviceMethods = {
  "device/info": {
    immediate: false,
    params: nothing,
    result: z.object({
      python: z.string(),
      executable: z.string(),
      platform: z.string(),
      packages: z.record(z.string(), z.string()).meta({ description: "name to version, of those installed" }),
      devices: z.array(deviceInfo),
      defaultDevice: z.string(),
      threads: positive,
      cores: positive,
      memoryTotalBytes: count,
      memoryFreeBytes: count,
      warnings: z.array(z.string()),
    }),
    progress: nothing,
  },
  "device/speed": {
    immediate: false,
    params: z.object({ device, dtype }),
    result: z.object({
      device: z.string(),
      dtype: z.string(),
      flopsPerSecond: z.number().meta({ description: "of a product of large square matrices" }),
      bytesPerSecond: z.number().meta({ description: "read and written by a copy" }),
      secondsPerCall: z.number().meta({ description: "of the smallest operation, one after another" }),
    }),
    progress: nothing,
  },
  "device/memory": {
    immediate: true,
    params: nothing,
    result: z.object({
      residentBytes: count,
      peakResidentBytes: count,
      acceleratorBytes: count,
      peakAcceleratorBytes: count,
    }),
    progress: nothing,
  },
} as const;
