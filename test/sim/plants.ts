/** Faults that a simulation can be asked to plant, to see whether it would notice. They live in the tests alone. */
export const plants = [
  /** Messages count as acknowledged when they are appended, not when they are committed. */
  "ack-before-sync",
] as const;

export type Plant = (typeof plants)[number];

export function isPlant(name: string): name is Plant {
  return plants.some((plant) => plant === name);
}
