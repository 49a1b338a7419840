// Finds the browsers that the tests drive, and installs what is missing where that can be done without asking.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The engines that every end-to-end test runs in. */
export const engines = ['chromium', 'firefox']

/** The arguments every Chromium starts with: no sandbox (CI runs as root), nothing that calls home. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Returns the path of the browser that Playwright brings. The file may be missing. */
function ownPath(engine) {
  try {
    return require('playwright')[engine].executablePath()
  } catch {
    return null
  }
}

function find(engine, named, system) {
  if (named) return existsSync(named) ? named : null
  return [...system, ownPath(engine)].find((path) => path !== null && existsSync(path)) ?? null
}

/** Returns the path of a Chromium: CHROMIUM_PATH, else the system's, else Playwright's own, else null. */
export function findChromium() {
  return find('chromium', process.env.CHROMIUM_PATH, [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ])
}

/** Returns the path of a Firefox: FIREFOX_PATH, else the system's, else Playwright's own, else null. */
export function findFirefox() {
  return find('firefox', process.env.FIREFOX_PATH, [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ])
}

/**
 * Returns whether a Firefox is the patched build that Playwright brings. That one speaks Playwright's own protocol, every
 * other Firefox speaks WebDriver BiDi.
 */
export const isPatchedFirefox = (path) => path === ownPath('firefox')

const kinds = {
  chromium: { name: 'Chromium', variable: 'CHROMIUM_PATH', find: findChromium, debian: 'chromium' },
  firefox: { name: 'Firefox', variable: 'FIREFOX_PATH', find: findFirefox, debian: 'firefox-esr' },
}

/** Returns the sentence that says how to get a missing browser. */
export function missing(engine) {
  const { name, variable, debian } = kinds[engine]
  const named = process.env[variable]
  const fact = named ? `${variable} names ${named}, where there is no ${name}` : `There is no ${name}`
  return `${fact}, and the tests need one. Install it (Debian: apt-get install ${debian}) or name one: ${variable}=/path/to/${engine}`
}

const run = (command, args) =>
  spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0

const isRootOnDebian = () => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')

function install(wanted) {
  console.error(`Installing ${wanted.map((engine) => kinds[engine].name).join(' and ')} …`)
  if (isRootOnDebian()) {
    run('apt-get', ['update', '-qq'])
    const packages = [...wanted.map((engine) => kinds[engine].debian), 'fonts-liberation']
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages])
  } else {
    run('npx', ['playwright', 'install', ...wanted])
  }
}

/**
 * Finds or installs the browsers and puts their paths into the environment, for this process and its children. Ends the
 * process with a sentence if one is missing: a test without its browser must not look like a test that passed.
 */
export function requireBrowsers(wanted = engines) {
  // If a variable names a path, only that browser counts: nothing is installed in its place.
  const lacking = wanted.filter((engine) => kinds[engine].find() === null && !process.env[kinds[engine].variable])
  if (lacking.length > 0) install(lacking)
  for (const engine of wanted) {
    const found = kinds[engine].find()
    if (found === null) {
      console.error(missing(engine))
      process.exit(2)
    }
    process.env[kinds[engine].variable] = found
  }
}
