import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, firefox, type Page } from 'playwright'
import { chromiumArgs, findChromium, findFirefox, isPatchedFirefox, missing } from '../../../scripts/browsers.mjs'

export const colorSchemes = ['light', 'dark'] as const
export type ColorScheme = (typeof colorSchemes)[number]

/** Options of a page. */
export interface PageOptions {
  /** A fake camera that the page may use. Default: no camera. */
  readonly camera?: boolean
  /** In CSS pixels. Default 1024. */
  readonly width?: number
  /** In CSS pixels. Default 800. */
  readonly height?: number
  /** Default `light`. */
  readonly colorScheme?: ColorScheme
  /** Whether the person prefers reduced motion. Default false. */
  readonly reducedMotion?: boolean
  /** Whether the page's scripts run. Default true. */
  readonly scripts?: boolean
}

/** A real browser of one of the engines. */
export interface Engine {
  readonly name: string
  /** Creates a fresh profile with its own cookies. */
  newContext(options: PageOptions): Promise<BrowserContext>
  /** Shows an open page in the other color scheme, without loading it again. */
  setColorScheme(page: Page, colorScheme: ColorScheme): Promise<void>
  close(): Promise<void>
}

const contextOptions = (options: PageOptions): BrowserContextOptions => ({
  viewport: { width: options.width ?? 1024, height: options.height ?? 800 },
  colorScheme: options.colorScheme ?? 'light',
  reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
  javaScriptEnabled: options.scripts ?? true,
})

function startChromium(): Engine {
  const executablePath = findChromium()
  if (executablePath === null) throw new Error(missing('chromium'))
  const browser = chromium.launch({ executablePath, args: [...chromiumArgs, '--use-fake-device-for-media-stream'] })
  return {
    name: 'chromium',
    newContext: async (options) =>
      (await browser).newContext({ ...contextOptions(options), permissions: options.camera ? ['camera'] : [] }),
    setColorScheme: (page, colorScheme) => page.emulateMedia({ colorScheme }),
    close: async () => (await browser).close(),
  }
}

/** Preferences of the whole browser: over WebDriver BiDi, Firefox has no such options for a single context. */
const preferences = (options: PageOptions) => ({
  'media.navigator.streams.fake': options.camera ?? false,
  'media.navigator.permission.disabled': options.camera ?? false,
  // 2 refuses. Otherwise Firefox asks, and nobody answers.
  'permissions.default.camera': options.camera ? 0 : 2,
  'layout.css.prefers-color-scheme.content-override': options.colorScheme === 'dark' ? 0 : 1,
  'ui.prefersReducedMotion': Number(options.reducedMotion ?? false),
  ...(options.scripts === false ? { 'javascript.enabled': false } : {}),
})

function startFirefox(): Engine {
  const executablePath = findFirefox()
  if (executablePath === null) throw new Error(missing('firefox'))
  const isPatched = isPatchedFirefox(executablePath)
  const browsers = new Map<string, Promise<Browser>>()
  return {
    name: 'firefox',
    newContext: async (options) => {
      const firefoxUserPrefs = preferences(options)
      // The patched build needs scripts for Playwright's own code. It can turn them off for each context.
      if (isPatched) delete firefoxUserPrefs['javascript.enabled']
      const key = JSON.stringify(firefoxUserPrefs)
      const browser =
        browsers.get(key) ??
        firefox.launch({ executablePath, firefoxUserPrefs, ...(isPatched ? {} : { channel: 'moz-firefox' }) })
      browsers.set(key, browser)
      return (await browser).newContext(contextOptions(options))
    },
    setColorScheme: isPatched
      ? (page, colorScheme) => page.emulateMedia({ colorScheme })
      : // `emulateMedia` does nothing over WebDriver BiDi. Our pages take each color from `light-dark()`, which follows this.
        async (page, colorScheme) => {
          await page.evaluate((scheme) => {
            document.documentElement.style.colorScheme = scheme
          }, colorScheme)
        },
    close: async () => {
      for (const browser of browsers.values()) await (await browser).close()
    },
  }
}

const starts: Readonly<Record<string, () => Engine>> = { chromium: startChromium, firefox: startFirefox }

/**
 * Starts the engine that E2E_ENGINE names. Each project of the test config names one. Default `chromium`.
 *
 * @throws When the engine is unknown, or its browser is not installed.
 */
export function startEngine(name = process.env.E2E_ENGINE ?? 'chromium'): Engine {
  const start = starts[name]
  if (!start) throw new Error(`There is no engine "${name}". There are: ${Object.keys(starts).join(', ')}.`)
  return start()
}
