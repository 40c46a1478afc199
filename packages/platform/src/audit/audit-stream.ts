/** The records of changes. */
export const auditStream = "OXBOW_AUDIT";
