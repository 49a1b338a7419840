/** Where an emulator says what it does. Never given a key, a secret or a session token. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
}

/** The default inside tests. */
export const silentLogger: Logger = { info() {}, warn() {} }
