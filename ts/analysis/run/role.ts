/** The part a method plays in the comparison. */
export const roles = ["kept", "continued", "rft", "unconstrained", "detached", "boundary", "other"] as const;
export type Role = (typeof roles)[number];
