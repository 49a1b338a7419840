import type { KnipConfig } from 'knip'

// Exceptions for knip, which finds unused files, exports and dependencies. Each exception has its reason.
export default {
  // Reports an exception that is not needed any more.
  treatConfigHintsAsErrors: true,
  // Callers may name a type of an exported signature, so it may be exported without an import. Values may not.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // A stylesheet uses what it imports.
  compilers: {
    css: (text: string) => [...text.matchAll(/(?<=^@)import [^;]+/gm)].join('\n'),
  },
  workspaces: {
    // Every call of Vitest names this configuration, so knip cannot find it by itself.
    // `npm run examples` imports every file of its folder.
    '.': { entry: ['scripts/examples/*.mjs'], vitest: { config: ['vitest.workspace.ts'] } },
    'packages/*': {},
    // `./jsx` extends the types of React. `@types/react` is an optional peer, and React itself is not needed.
    'packages/element': { ignoreDependencies: ['react'] },
    // package.json names the built files of these entries.
    'packages/server': { entry: ['src/cli/main.ts'] },
    'packages/emulator': { entry: ['src/cli.ts'] },
    'apps/demo': {
      // scripts/start.mjs and the end-to-end tests run the built file of the first. plain.html links the second.
      entry: ['server/main.ts', 'src/plain.css'],
    },
  },
} satisfies KnipConfig
