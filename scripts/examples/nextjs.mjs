const packages = (version) => [
  `next@${version}`,
  'react@19.3.1',
  'react-dom@19.3.1',
  'typescript@5.9.3',
  '@types/react@19.3.0',
  '@types/node@20.19.43',
]

const page = `export default function Page() { return <h1>Hello</h1> }\n`
const layout = `import type { ReactNode } from 'react'
export default function Layout({ children }: { children: ReactNode }) { return <html lang="en"><body>{children}</body></html> }\n`
const orders = `export async function POST(request: Request) {
  const { item } = await request.json()
  return Response.json({ ordered: item })
}\n`

const tsconfig = {
  compilerOptions: {
    target: 'ES2017',
    lib: ['dom', 'dom.iterable', 'esnext'],
    allowJs: true,
    skipLibCheck: true,
    strict: true,
    noEmit: true,
    esModuleInterop: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    resolveJsonModule: true,
    isolatedModules: true,
    jsx: 'preserve',
    incremental: true,
    plugins: [{ name: 'next' }],
  },
  include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
  exclude: ['node_modules'],
}

const next = (name, version, ...bundler) => ({
  name: `Next.js ${name}`,
  section: 'Next.js',
  install: packages(version),
  // As create-next-app writes it.
  isModule: false,
  // The section has its own file that creates the server.
  withoutDiditFile: true,
  usersFile: 'lib/users.ts',
  files: {
    'tsconfig.json': JSON.stringify(tsconfig),
    'app/layout.tsx': layout,
    'app/page.tsx': page,
    'app/api/orders/route.ts': orders,
  },
  // Without a secret in the environment, as in a build on another machine.
  build: [['npx', '--no-install', 'next', 'build', ...bundler]],
  start: ['npx', '--no-install', 'next', 'start', '--hostname', '127.0.0.1'],
  environment: { NEXT_TELEMETRY_DISABLED: '1' },
})

export default [
  next('15, webpack', '15.5.29'),
  next('15, Turbopack', '15.5.29', '--turbopack'),
  next('16, webpack', '16.4.6', '--webpack'),
  next('16, Turbopack', '16.4.6'),
]
