/** Formats a time as Didit does, with microseconds. The last three digits are zeros. */
export const vendorTime = (epochMs: number) => new Date(epochMs).toISOString().replace('Z', '000Z')
