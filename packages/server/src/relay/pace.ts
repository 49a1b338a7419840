/** Intervals and limits of all event streams, in milliseconds. */

/** Interval of heartbeats. Each varies by up to 20 %. */
export const heartbeatMs = 15_000
/** Time without progress after which a stream is cut. */
export const stalledMs = 30_000
/** Maximum age of a stream. The reader then reconnects and is authorized again. */
export const maxAgeMs = 10 * 60_000
/** Streams that end together reconnect at random within this time. */
export const retrySpreadMs = 5_000
/** Interval of the sweep. */
export const sweepMs = 1_000
