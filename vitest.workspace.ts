import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { chromiumArgs, engines, findChromium } from './scripts/browsers.mjs'
import { findOpenApi } from './scripts/openapi.mjs'
import { readmeExample } from './scripts/readme-example.mjs'

// Our packages resolve to their sources, so no unit test needs a build.
const source = '@didit-verify/source'
const nodeConditions = [source, 'node', 'module', 'development|production']
const chromium = findChromium()

const inNode = (name: string, include: string[]) => ({
  resolve: { conditions: nodeConditions },
  ssr: { resolve: { conditions: nodeConditions, externalConditions: nodeConditions } },
  test: {
    reporters: ['default', './scripts/summary-reporter.mjs'],
    name,
    environment: 'node' as const,
    include,
    // The longest take three seconds, and on a busy machine several times as long.
    testTimeout: 20_000,
  },
})

/** The built product in a real browser: no source condition here. */
const inEngine = (engine: string) => ({
  test: {
    name: `e2e-${engine}`,
    environment: 'node' as const,
    include: ['apps/demo/e2e/**/*.e2e.test.ts'],
    env: { E2E_ENGINE: engine },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    // These tests wait more than they compute. They come after the others, which would take the time out of them.
    maxWorkers: 3,
    sequence: { groupOrder: 1 },
  },
})

/**
 * Client and emulator by Didit's own document. Without it the tests that need it are left out, and `npm test` says so: they
 * must not look as if they had passed.
 */
const conformance = (() => {
  const project = inNode('conformance', [
    'conformance/{openapi,api-client}/**/!(*.conformance).test.ts',
    ...(findOpenApi() === null ? [] : ['conformance/**/*.conformance.test.ts']),
  ])
  // Each of them makes hundreds of calls.
  return { ...project, test: { ...project.test, testTimeout: 60_000 } }
})()

/** Didit's own packages against the emulator: browsers and processes that wait more than they compute. */
const clients = (() => {
  const project = inNode('clients', ['conformance/vendor-sdks/**/*.test.ts'])
  const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } }
  // With the end-to-end tests, and so with as many workers.
  return { ...project, test: { ...project.test, ...patience, maxWorkers: 3, sequence: { groupOrder: 1 } } }
})()

export default defineConfig({
  test: {
    reporters: ['default', './scripts/summary-reporter.mjs'],
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
        // No imitation of a DOM has attachInternals and showModal, so the element is tested in the real thing.
        resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
        test: {
          name: 'element',
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
