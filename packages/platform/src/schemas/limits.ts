/** What the registry holds at most. What a schema may be is bounded by `schemaLimits` of `@oxbow/gate`. */
export interface RegistryLimits {
  readonly schemasMax: number;
  /** Of one schema. */
  readonly versionsMax: number;
  /** With a schema attached. */
  readonly stationsMax: number;
  /** Bytes of what is kept of a schema besides the texts: its versions, and what they refer to. */
  readonly documentBytesMax: number;
  /** Characters of the name of a message, or of a name by which one schema refers to another. */
  readonly nameCharsMax: number;
  /** Messages that one schema is generated from. */
  readonly samplesMax: number;
  /** How often a change is begun again because somebody else changed something meanwhile. */
  readonly attemptsMax: number;
  /** Lines that are inserted and deleted before two texts count as different altogether, since finding them is quadratic. */
  readonly editsMax: number;
  /** Users of a schema that an error names; of the others it tells the number. */
  readonly usesTold: number;
  /** Incompatibilities likewise. */
  readonly breaksTold: number;
}

export const registryLimits: RegistryLimits = {
  schemasMax: 1_000,
  versionsMax: 100,
  stationsMax: 10_000,
  documentBytesMax: 512 * 1024,
  nameCharsMax: 512,
  samplesMax: 1_000,
  attemptsMax: 100,
  editsMax: 4_000,
  usesTold: 20,
  breaksTold: 10,
};
