/** What DPO and the losses that add to it share: they go by its implicit reward, h = beta (log pi - log ref). */
import { z } from "zod";

export const byImplicitReward = {
  needs: { pair: true, referenceModel: true, rewards: false },
  vftWeight: 0,
  boundaryBeta: "boundaryBeta",
  ownBeta: "how strongly it is held to the weights it starts from",
} as const;

/** The setting `beta`, where its paper has this value. */
export const rewardBeta = (value: number) =>
  z
    .number()
    .positive()
    .default(value)
    .meta({ description: "DPO's own beta: how strongly it is held to the reference model" });

/** The same in the protocol. */
export const rewardWire = {
  dpoBeta: z.number().positive().meta({ description: "DPO's own beta: the scale of its implicit reward" }),
};
