/** What this library calls itself where producers and consumers are shown. */
export const library = { name: "oxbow", version: "0.1.0" } as const;
