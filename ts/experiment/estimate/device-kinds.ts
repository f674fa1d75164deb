/** Devices that a run can be planned for without being there, by their makers' data sheets. */
import { inputError, nearestName } from "../../core/errors.ts";
import { oneOf } from "../../core/words.ts";

export interface DeviceKind {
  name: string;
  description: string;
  /** What a process finds free, less a share for the driver. */
  memoryBytes: number;
  /** Dense products, without sparsity: in 16 bits, and in float32 without TF32. */
  flopsPerSecond: { half: number; single: number };
  /** Of its own memory. */
  bytesPerSecond: number;
  /** To the other devices of its machine, in one direction. */
  linkBytesPerSecond: number;
  /** A device's part of its machine's network, in one direction, as such machines are usually wired. */
  networkBytesPerSecond: number;
}

const GiB = 2 ** 30;
const tera = 1e12;
const giga = 1e9;
/** Memory that the driver and the library's own context take. */
const contextBytes = GiB;

const kind = (
  name: string,
  description: string,
  gibibytes: number,
  [half, single]: [number, number],
  [memory, link, network]: [number, number, number],
): DeviceKind => ({
  name,
  description,
  memoryBytes: gibibytes * GiB - contextBytes,
  flopsPerSecond: { half: half * tera, single: single * tera },
  bytesPerSecond: memory * giga,
  linkBytesPerSecond: link * giga,
  networkBytesPerSecond: network * giga,
});

/** Memory as torch reports it; NVLink where there is one, else PCIe; 400 Gbit/s a device between machines of H100 and newer. */
export const deviceKinds: readonly DeviceKind[] = [
  kind("a10g", "NVIDIA A10G, 24 GB, PCIe", 22, [70, 31], [600, 25, 3]),
  kind("l4", "NVIDIA L4, 24 GB, PCIe", 22, [121, 30], [300, 25, 3]),
  kind("l40s", "NVIDIA L40S, 48 GB, PCIe", 44.4, [362, 91], [864, 25, 6]),
  kind("rtx4090", "NVIDIA GeForce RTX 4090, 24 GB, PCIe", 23.5, [165, 82], [1008, 25, 3]),
  kind("rtx5090", "NVIDIA GeForce RTX 5090, 32 GB, PCIe", 31.3, [209, 105], [1792, 50, 3]),
  kind("a100-40gb", "NVIDIA A100 SXM, 40 GB", 39.4, [312, 19.5], [1555, 300, 25]),
  kind("a100", "NVIDIA A100 SXM, 80 GB", 79.2, [312, 19.5], [2039, 300, 25]),
  kind("h100", "NVIDIA H100 SXM, 80 GB", 79.2, [989, 67], [3350, 450, 50]),
  kind("h200", "NVIDIA H200 SXM, 141 GB", 139.8, [989, 67], [4800, 450, 50]),
  kind("b200", "NVIDIA B200 SXM, 180 GB", 178, [2250, 75], [8000, 900, 50]),
];

/** @throws AftError for a kind that is not in the table */
export function deviceKind(name: string, where: string): DeviceKind {
  const found = deviceKinds.find((one) => one.name === name.toLowerCase());
  if (found !== undefined) return found;
  const names = deviceKinds.map((one) => one.name);
  throw inputError({
    what: "no such kind of device is known",
    where,
    found: name,
    expected: oneOf(names),
    nearest: nearestName(name, names),
  });
}
