/** The smallest experiment that is right: nine lines, to which a test appends. */
export const smallest = `name: small
model:
  create: {}
tasks:
  - task: arithmetic
stages: {sample: {maxNewTokens: 64}, evaluate: {maxNewTokens: 64}}
methods:
  kept: {method: keep}
  more: {method: vft}
`;
