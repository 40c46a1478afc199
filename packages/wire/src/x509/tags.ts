/** Tags of DER that certificates are made of. */
export const octetsTag = 0x04;
export const oidTag = 0x06;
export const sequenceTag = 0x30;
export const setTag = 0x31;
export const versionTag = 0xa0;
export const extensionsTag = 0xa3;
