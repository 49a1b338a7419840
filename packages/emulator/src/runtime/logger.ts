/** Receiver of log lines. They never contain a key, a secret or a session token. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
}

/** Default logger, which discards all lines. */
export const silentLogger: Logger = { info() {}, warn() {} }
