import { availableParallelism } from 'node:os'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defaultExclude, defineConfig } from 'vitest/config'
import { chromiumArgs, engines, findChromium } from './scripts/browsers.mjs'
import { findOpenApi } from './scripts/openapi.mjs'
import { propertyTimeoutMs } from './scripts/property-runs.ts'
import { readmeExample } from './scripts/readme-example.mjs'

// Our packages resolve to their sources, so only the end-to-end tests need a build.
const source = '@didit-verify/source'
const nodeConditions = [source, 'node', 'module', 'development|production']
const chromium = findChromium()

/** Files in projects of Node that drive a browser or need the built packages. `npm run test:unit` leaves them out. */
const needBrowser = ['packages/emulator/src/testing/playwright.test.ts', 'packages/emulator/src/console/routes.test.ts']
const exclude = [...defaultExclude, ...(process.env.DIDIT_VERIFY_UNIT_ONLY ? needBrowser : [])]

const inNode = (name: string, include: string[]) => ({
  resolve: { conditions: nodeConditions },
  ssr: { resolve: { conditions: nodeConditions, externalConditions: nodeConditions } },
  test: {
    reporters: ['default', './scripts/summary-reporter.mjs'],
    name,
    environment: 'node' as const,
    include,
    exclude,
    // Loading modules took more than half of the time. These tests patch nothing global, so the files of a project can share
    // a worker and what it has loaded.
    pool: 'threads' as const,
    isolate: false,
    // The longest take three seconds, and on a busy machine several times as long. `npm run fuzz` needs minutes.
    testTimeout: process.env.FUZZ_CASES ? propertyTimeoutMs : 20_000,
  },
})

/** Tests of the built product in a real browser: no source condition here. */
const inEngine = (engine: string) => ({
  test: {
    name: `e2e-${engine}`,
    environment: 'node' as const,
    include: ['apps/demo/e2e/**/*.e2e.test.ts'],
    env: { E2E_ENGINE: engine },
    // Several times as long as a quiet machine needs: no test depends on how busy the machine is.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // These tests wait more than they compute. They run after the others, which would slow them down until they time out.
    maxWorkers: 3,
    sequence: { groupOrder: 1 },
  },
})

/**
 * Tests of client and emulator against Didit's OpenAPI document. Without the document the tests that need it are left out,
 * and `npm test` says so: they must not look as if they had passed.
 */
const conformance = (() => {
  const project = inNode('conformance', [
    'conformance/{openapi,api-client}/**/!(*.conformance).test.ts',
    ...(findOpenApi() === null ? [] : ['conformance/**/*.conformance.test.ts']),
  ])
  // Each test makes hundreds of calls.
  return { ...project, test: { ...project.test, testTimeout: 60_000 } }
})()

/** Tests of Didit's own packages against the emulator: browsers and processes that wait more than they compute. */
const clients = (() => {
  const project = inNode('clients', ['conformance/vendor-sdks/**/*.test.ts'])
  const timeouts = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } }
  // They run with the end-to-end tests, so both have the same number of workers.
  return { ...project, test: { ...project.test, ...timeouts, maxWorkers: 3, sequence: { groupOrder: 1 } } }
})()

export default defineConfig({
  test: {
    reporters: ['default', './scripts/summary-reporter.mjs'],
    // Vitest would leave one core to itself, which on a machine of two cores doubles the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      inNode('core', ['packages/core/src/**/*.test.ts']),
      inNode('server', ['packages/server/src/**/*.test.ts']),
      inNode('emulator', ['packages/emulator/src/**/*.test.ts']),
      inNode('contract', ['packages/server/contract/**/*.test.ts']),
      inNode('repository', ['scripts/**/*.test.ts']),
      conformance,
      clients,
      inNode('demo', ['apps/demo/{server,shared,src}/**/*.test.ts']),
      {
        plugins: [react(), readmeExample()],
        resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
        ssr: { resolve: { conditions: nodeConditions } },
        test: { name: 'react', environment: 'jsdom' as const, include: ['packages/react/src/**/*.test.{ts,tsx}'] },
      },
      {
        // jsdom lacks attachInternals and showModal, so the element is tested in a real browser.
        resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
        test: {
          name: 'element',
          // The longest take four seconds, and on a busy machine several times as long.
          testTimeout: 30_000,
          include: ['packages/element/src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { ...(chromium ? { executablePath: chromium } : {}), args: chromiumArgs },
            }),
            instances: [{ browser: 'chromium' as const }],
          },
        },
      },
      ...engines.map(inEngine),
    ],
  },
})
