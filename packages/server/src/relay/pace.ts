/** Intervals and limits of all event streams, in milliseconds. */

/**
 * Interval of heartbeats. Each varies by up to 20 %. Together with `sweepMs` that is less than 8 seconds, because
 * `Bun.serve` closes a connection that is silent for 10 seconds.
 */
export const heartbeatMs = 5_800
/** Time without progress after which a stream is cut. */
export const stalledMs = 30_000
/** Maximum age of a stream. The reader then reconnects and is authorized again. */
export const maxAgeMs = 10 * 60_000
/** Streams that end together reconnect at random within this time. */
export const retrySpreadMs = 5_000
/** Interval of the sweep. */
export const sweepMs = 1_000
