import type { KnipConfig } from 'knip'

// What nothing uses, and where knip cannot see by itself that something is used. Each exception has its reason.
export default {
  // So that an exception that is not needed any more is found like anything else that nothing uses.
  treatConfigHintsAsErrors: true,
  // A type in an exported signature keeps its name for whoever calls it. Values have to be imported by somebody.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // A stylesheet uses what it imports.
  compilers: {
    css: (text: string) => [...text.matchAll(/(?<=^@)import [^;]+/gm)].join('\n'),
  },
  workspaces: {
    // No tool finds this configuration of Vitest by itself: every call names it.
    '.': { vitest: { config: ['vitest.workspace.ts'] } },
    'packages/*': {},
    // `./jsx` adds to the types of React for who has them: `@types/react` is an optional peer, React itself is not needed.
    'packages/element': { ignoreDependencies: ['react'] },
    // package.json names what they are built to.
    'packages/server': { entry: ['src/cli/main.ts'] },
    'packages/emulator': { entry: ['src/cli.ts'] },
    'apps/demo': {
      // scripts/start.mjs and the end-to-end tests run what the first is built to; plain.html links the second.
      entry: ['server/main.ts', 'src/plain.css'],
    },
  },
} satisfies KnipConfig
