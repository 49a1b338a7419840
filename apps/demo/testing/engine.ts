import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, firefox } from 'playwright'
import { chromiumArgs, findChromium, findFirefox, isPatchedFirefox, missing } from '../../../scripts/browsers.mjs'

/** What a page is opened with. */
export interface PageOptions {
  /** A fake camera that the page may use. Default: there is none to be had. */
  readonly camera?: boolean
  /** In CSS pixels. Default 1024. */
  readonly width?: number
  /** In CSS pixels. Default 800. */
  readonly height?: number
  /** Default `light`. */
  readonly colorScheme?: 'light' | 'dark'
  /** Whether the person asks for less motion. Default false. */
  readonly reducedMotion?: boolean
  /** Whether the page's scripts run. Default true. */
  readonly scripts?: boolean
}

/** A real browser, whichever of the engines it is. */
export interface Engine {
  readonly name: string
  /** A fresh profile with its own cookies. */
  newContext(options: PageOptions): Promise<BrowserContext>
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
    close: async () => (await browser).close(),
  }
}

/** Over WebDriver BiDi a Firefox knows no such thing of a single context, so it has to be one of the whole browser. */
const preferences = (options: PageOptions) => ({
  'media.navigator.streams.fake': options.camera ?? false,
  'media.navigator.permission.disabled': options.camera ?? false,
  // Refused, where the question would otherwise stay without an answer.
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
      // The patched build runs Playwright's own code in a page by the same switch; it has one for each context.
      if (isPatched) delete firefoxUserPrefs['javascript.enabled']
      const key = JSON.stringify(firefoxUserPrefs)
      const browser =
        browsers.get(key) ??
        firefox.launch({ executablePath, firefoxUserPrefs, ...(isPatched ? {} : { channel: 'moz-firefox' }) })
      browsers.set(key, browser)
      return (await browser).newContext(contextOptions(options))
    },
    close: async () => {
      for (const browser of browsers.values()) await (await browser).close()
    },
  }
}

const starts: Readonly<Record<string, () => Engine>> = { chromium: startChromium, firefox: startFirefox }

/**
 * Starts the engine that E2E_ENGINE names: each project of the test config names one. Default `chromium`.
 *
 * @throws When there is no such engine, or no such browser on this machine.
 */
export function startEngine(name = process.env.E2E_ENGINE ?? 'chromium'): Engine {
  const start = starts[name]
  if (!start) throw new Error(`There is no engine "${name}". There are: ${Object.keys(starts).join(', ')}.`)
  return start()
}
