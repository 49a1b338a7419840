/** Didit writes microseconds; a clock of milliseconds fills them up with zeros. */
export const vendorTime = (epochMs: number) => new Date(epochMs).toISOString().replace('Z', '000Z')
