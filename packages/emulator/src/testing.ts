export {
  createEmulator,
  type DeliveryMatch,
  type SessionStart,
  type TestEmulator,
  type TestEmulatorOptions,
} from './testing/emulator.ts'
export type { OutcomePage } from './testing/outcome.ts'
export {
  createDiditFixture,
  type DiditFixture,
  type DiditFixtureOptions,
  type MountedApp,
} from './testing/playwright.ts'
