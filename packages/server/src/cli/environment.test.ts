import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

const complete = {
  DIDIT_API_KEY: 'key-0001',
  DIDIT_WEBHOOK_SECRET: 'hook-0001',
  DIDIT_WORKFLOW_ID: '11111111-2222-3333-4444-555555555555',
  DIDIT_TICKET_SECRET: 'ticket-secret-0123456789-0123456789',
  DIDIT_AUTH: 'header:X-User',
  ALLOWED_ORIGINS: 'https://app.example.com',
}

const noFiles = () => {
  throw new Error('ENOENT')
}
const read = (changes: Record<string, string | undefined> = {}, readFile: (path: string) => string = noFiles) =>
  readEnvironment({ ...complete, ...changes }, readFile)
const settings = (...input: Parameters<typeof read>) => {
  const result = read(...input)
  if ('sentences' in result) throw new Error(result.sentences.join('\n'))
  return result.settings
}
const sentences = (...input: Parameters<typeof read>) => {
  const result = read(...input)
  return 'sentences' in result ? result.sentences : []
}

test('fills in what may be left out', () => {
  expect(settings()).toEqual({
    apiKey: 'key-0001',
    webhookSecrets: ['hook-0001'],
    workflowId: complete.DIDIT_WORKFLOW_ID,
    baseUrl: 'https://verification.didit.me',
    environment: 'live',
    ticketSecret: complete.DIDIT_TICKET_SECRET,
    auth: { kind: 'header', name: 'X-User' },
    databasePath: './didit-verify.db',
    host: '127.0.0.1',
    port: 4200,
    allowedOrigins: ['https://app.example.com'],
    trustProxy: 0,
    keepAliveSeconds: 65,
    logLevel: 'info',
  })
})

test('has one sentence for each variable that is missing', () => {
  const result = readEnvironment({}, noFiles)
  const named = 'sentences' in result ? result.sentences.map((sentence) => /[A-Z_]+/.exec(sentence)?.[0]) : []
  expect(named.sort()).toEqual(Object.keys(complete).sort())
})

test('takes secrets from files, without the line break at their end', () => {
  const files: Record<string, string> = { '/run/key': 'from-file\n', '/run/empty': '\n' }
  const readFile = (path: string) => files[path] ?? noFiles()
  expect(settings({ DIDIT_API_KEY: undefined, DIDIT_API_KEY_FILE: '/run/key' }, readFile).apiKey).toBe('from-file')
  expect(sentences({ DIDIT_API_KEY_FILE: '/run/key' }, readFile)[0]).toMatch(/Both DIDIT_API_KEY and/)
  const other = (file: string) => sentences({ DIDIT_API_KEY: undefined, DIDIT_API_KEY_FILE: file }, readFile)
  expect(other('/run/empty')).toEqual([expect.stringMatching(/empty/)])
  expect(other('/run/none')).toEqual([expect.stringMatching(/cannot be read/)])
})

test.each([
  ['new\nold\n', ['new', 'old']],
  ['new\r\nold', ['new', 'old']],
  ['\uFEFFnew,middle\r\n\r\n  old  \n', ['new', 'middle', 'old']],
])('takes each line of a file of webhook secrets for a secret: %j', (text, expected) => {
  const variables = { DIDIT_WEBHOOK_SECRET: undefined, DIDIT_WEBHOOK_SECRET_FILE: '/run/hook' }
  expect(settings(variables, () => text).webhookSecrets).toEqual(expected)
  expect(settings({ DIDIT_WEBHOOK_SECRET: text.replace('\uFEFF', '') }).webhookSecrets).toEqual(expected)
})

test.each(['DIDIT_API_KEY', 'DIDIT_TICKET_SECRET'])('wants one line of %s', (name) => {
  const text = `${complete.DIDIT_TICKET_SECRET}\nmore`
  const variables = { [name]: undefined, [`${name}_FILE`]: '/run/secret' }
  expect(sentences(variables, () => text)).toEqual([`${name} must be one line: there are 2.`])
})

test.each(['DIDIT_API_KEY', 'DIDIT_WEBHOOK_SECRET', 'DIDIT_TICKET_SECRET'])(
  'refuses a form of %s that can never fit, without telling it',
  (name) => {
    const value = 'secret-0123456789-0123456789-0123456789'
    for (const [odd, word] of [
      [`"${value}"`, 'quotes'],
      [`'${value}'`, 'quotes'],
      [`"${value}`, 'quotes'],
      [`“${value}”`, 'quotes'],
      [`${value}\u0007`, 'control characters'],
      [`${value}\u200b`, 'control characters'],
      [`\u200b${value}`, 'control characters'],
    ] as const) {
      for (const found of [
        sentences({ [name]: odd }),
        sentences({ [name]: undefined, [`${name}_FILE`]: '/run/secret' }, () => `${odd}\n`),
      ]) {
        expect(found).toEqual([expect.stringMatching(new RegExp(`^${name} must be without .*${word}`))])
        expect(found[0]).not.toContain(value)
      }
    }
  },
)

test('refuses a comma list of secrets that stands in quotes, once', () => {
  expect(sentences({ DIDIT_WEBHOOK_SECRET: '"new,old"' })).toEqual([expect.stringMatching(/quotes/)])
})

test.each([
  'DIDIT_WORKFLOW_ID',
  'DIDIT_AUTH',
  'DIDIT_AUTH_AUDIENCE',
  'ALLOWED_ORIGINS',
  'DATABASE_URL',
  'HOST',
  'PORT',
])('refuses the quotes of an --env-file around %s', (name) => {
  const values: Record<string, string> = { ...complete, DIDIT_AUTH_AUDIENCE: 'shop', HOST: '127.0.0.1', PORT: '80' }
  expect(sentences({ [name]: `"${values[name] ?? './x.db'}"` })).toEqual([
    `${name} must be without quotes around it: an --env-file or Docker keeps them as part of the value.`,
  ])
})

test.each([
  ['true', 1],
  ['FALSE', 0],
  ['0', 0],
  ['2', 2],
])('reads TRUST_PROXY=%s as %i', (value, hops) => {
  expect(settings({ TRUST_PROXY: value }).trustProxy).toBe(hops)
})

test.each(['yes', '-1', '1.5', '21', 'loopback'])('refuses TRUST_PROXY=%s', (value) => {
  expect(sentences({ TRUST_PROXY: value })).toEqual([expect.stringMatching(/^TRUST_PROXY /)])
})

test('splits lists', () => {
  const { webhookSecrets, allowedOrigins } = settings({
    DIDIT_WEBHOOK_SECRET: 'new , old,',
    ALLOWED_ORIGINS: 'https://a.example, http://localhost:4000',
  })
  expect(webhookSecrets).toEqual(['new', 'old'])
  expect(allowedOrigins).toEqual(['https://a.example', 'http://localhost:4000'])
})

test.each([
  ['DIDIT_WORKFLOW_ID', 'kyc'],
  ['DIDIT_TICKET_SECRET', 'short'],
  ['DIDIT_ENVIRONMENT', 'production'],
  ['DIDIT_AUTH', 'basic'],
  ['DIDIT_AUTH', 'jwks:http://keys.example'],
  ['DIDIT_AUTH', 'header:'],
  ['ALLOWED_ORIGINS', 'https://app.example.com/'],
  ['DATABASE_URL', 'mysql://somewhere/db'],
  ['PORT', '99999'],
  ['PORT', 'eighty'],
  ['LOG_LEVEL', 'loud'],
])('says in a sentence what is wrong with %s=%s', (name, value) => {
  const found = sentences({ [name]: value })
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(new RegExp(`^${name}\\b.*\\.$`))
})

test('says that PostgreSQL comes later, without the password in the address', () => {
  const [sentence, ...rest] = sentences({ DATABASE_URL: 'postgres://ada:hunter2@db.example/didit' })
  expect(sentence).toMatch(/PostgreSQL.*later/)
  expect(sentence).not.toContain('hunter2')
  expect(rest).toEqual([])
})

test.each([
  ['sqlite:./x.db', './x.db'],
  ['sqlite:///var/x.db', '/var/x.db'],
  ['file:/var/x.db', '/var/x.db'],
  ['C:/data/x.db', 'C:/data/x.db'],
  ['file:///C:/data/x.db', 'C:/data/x.db'],
  ['./data/x.db', './data/x.db'],
  ['sqlite:///./x.db', './x.db'],
  ['sqlite:///../x.db', '../x.db'],
  ['sqlite://./x.db', './x.db'],
  ['sqlite:////var/x.db', '/var/x.db'],
  ['sqlite3:///var/x.db', '/var/x.db'],
  ['file://localhost/var/x.db', '/var/x.db'],
  ['file:///var/my%20data/x.db', '/var/my data/x.db'],
  ['file:./dev.db', './dev.db'],
  ['sqlite::memory:', ':memory:'],
  ['sqlite:///:memory:', ':memory:'],
  ['/var/100%/x.db', '/var/100%/x.db'],
])('reads the database file of %s', (url, path) => {
  expect(settings({ DATABASE_URL: url }).databasePath).toBe(path)
})

test.each([
  'file:./dev.db?connection_limit=1',
  './x.db?mode=ro',
  'sqlite:///x.db#main',
  "'/data/x.db",
  '/data/x.db"',
  'jdbc:sqlite:./x.db',
  'libsql://x.turso.io',
  'file://server/share/x.db',
  '~/x.db',
  'sqlite:',
  'sqlite://',
  'file:///',
  'file:///%zz.db',
  '/data/x\u0000.db',
])('refuses the database %j, which would be a file that nobody meant', (value) => {
  expect(sentences({ DATABASE_URL: value })).toEqual([expect.stringMatching(/^DATABASE_URL .*\.$/)])
})

test.each(['capacitor://localhost', 'tauri://localhost', 'ionic://localhost', 'chrome-extension://abcdefgh'])(
  'allows the pages of an app: %s',
  (origin) => {
    expect(settings({ ALLOWED_ORIGINS: origin }).allowedOrigins).toEqual([origin])
  },
)

test('keeps the anonymous sign-in away from strangers', () => {
  const anonymous = { DIDIT_AUTH: 'anonymous' }
  expect(settings(anonymous).auth).toEqual({ kind: 'anonymous' })
  expect(settings({ ...anonymous, HOST: '0.0.0.0', DIDIT_ENVIRONMENT: 'sandbox' }).host).toBe('0.0.0.0')
  expect(sentences({ ...anonymous, HOST: '0.0.0.0' })).toEqual([expect.stringMatching(/development/)])
})
