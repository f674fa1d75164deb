import { expect, it } from "vitest";
import { constraintOf, familyOf, roleOf } from "../../../../ts/analysis/run/roles.ts";

it.each([
  ["keep", undefined, "kept", undefined, undefined],
  ["vft", undefined, "continued", undefined, undefined],
  ["rft", undefined, "rft", undefined, undefined],
  ["aft", "none", "unconstrained", "none", "AFT"],
  ["aft", "boundary", "boundary", "boundary", "AFT"],
  ["aft", "ranked-none", "unconstrained", "none", "AFT, by ranks"],
  ["aft", "ranked-detached", "detached", "detached", "AFT, by ranks"],
  ["aft", "ranked-boundary", "boundary", "boundary", "AFT, by ranks"],
  ["rrhf", "none", "other", "none", "RRHF"],
  ["pro", "detached", "other", "detached", "PRO"],
  ["dpo", "boundary", "other", "boundary", "DPO"],
] as const)("%s with %s plays the part of %s", (method, constraint, role, held, family) => {
  const told = { method, settings: constraint === undefined ? {} : { constraint } };
  expect([roleOf(told), constraintOf(told), familyOf(told)]).toEqual([role, held, family]);
});
