/** How fast every stream of this server goes, in milliseconds. */

/** Between heartbeats, give or take a fifth. */
export const heartbeatMs = 15_000
/** For how long a reader may take nothing before it is cut. */
export const stalledMs = 30_000
/** How old a stream gets: whoever comes back is asked again who they are. */
export const maxAgeMs = 10 * 60_000
/** Over which time those come back who were sent away at once. */
export const retrySpreadMs = 5_000
/** How often it is looked what is due. */
export const sweepMs = 1_000
