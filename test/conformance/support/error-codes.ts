/** The codes of errors in JetStream that nats-server 2.14.5 has: the first and the last, without gaps. */
export const errorCodes: readonly [first: number, last: number] = [10002, 10223];

/** Codes that no request of the comparison gets, and why. */
export const unreachedErrorCodes: readonly (readonly [why: string, codes: readonly number[]])[] = [
  [
    "nothing in nats-server answers them",
    [
      10004, 10011, 10019, 10032, 10033, 10036, 10061, 10066, 10067, 10068, 10072, 10073, 10085,
      10092, 10093, 10117, 10163, 10180,
    ],
  ],
  [
    "only servers in a cluster answer them",
    [
      10005, 10006, 10007, 10008, 10009, 10035, 10040, 10041, 10044, 10048, 10063, 10075, 10118,
      10119, 10123, 10124, 10126, 10129, 10158, 10202,
    ],
  ],
  [
    "another check comes first, or the value is put right before",
    [
      10016, 10053, 10078, 10087, 10091, 10103, 10105, 10106, 10114, 10132, 10181, 10182, 10216,
      10219,
    ],
  ],
  ["a disk or the server itself must fail", [10042, 10050, 10064, 10069, 10076, 10096, 10104]],
  ["not an answer, but shown in the state of a mirror or source", [10029, 10045, 10214, 10217]],
  ["a stream or consumer of a later version must be in the store", [10194, 10195]],
  ["needs an archive, and is tested with restoring", [10062]],
  ["needs an operator, and is tested with JWTs", [10120]],
  ["needs more waiting messages than a test should send", [10167]],
  ["needs more open fast batches than a test should start", [10211]],
  ["needs replicas, which 2.14 takes by mistake and 2.15 refuses", [10134]],
];
