import type { BoundaryBeta } from "./schema/boundary.ts";
import type { Method } from "./schema/methods.ts";

/** How far below the lowest better score a method's boundary lies; undefined for a method without one. */
export function boundaryBetaOf(method: Method): BoundaryBeta | undefined {
  if (!("constraint" in method)) return undefined;
  if (method.method === "dpo") return method.constraint === "boundary" ? method.boundaryBeta : undefined;
  return method.constraint === "boundary" || method.constraint === "ranked-boundary"
    ? method.beta
    : undefined;
}

/** The same method with this distance; a method without a boundary as it is. */
export function withBoundaryBeta<M extends Method>(method: M, beta: BoundaryBeta): M {
  if (boundaryBetaOf(method) === undefined) return method;
  return method.method === "dpo" ? { ...method, boundaryBeta: beta } : { ...method, beta };
}
