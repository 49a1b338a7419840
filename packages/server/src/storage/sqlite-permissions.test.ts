import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sqliteStorage } from './sqlite-storage.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'didit-verify-permissions-'))
  chmodSync(folder, 0o755)
})
afterEach(() => {
  chmodSync(folder, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

async function createDatabase(): Promise<string> {
  const path = join(folder, 'test.db')
  const storage = sqliteStorage({ path })
  await storage.open()
  await storage.close()
  for (const ending of ['-wal', '-shm']) rmSync(`${path}${ending}`, { force: true })
  return path
}

test('a file that is marked as read-only ends the start, and the message says what to do', async () => {
  const path = await createDatabase()
  chmodSync(path, 0o444)
  await expect(sqliteStorage({ path }).open()).rejects.toMatchObject({
    code: 'config-invalid',
    message: `The database ${path} is read-only (mode 0444).`,
    help: `Make it writable: chmod u+w ${path}`,
  })
})

const isRoot = process.geteuid?.() === 0
const nobody = 65_534

const program = join(mkdtempSync(join(tmpdir(), 'didit-verify-program-')), 'open.mjs')
beforeAll(() => {
  chmodSync(dirname(program), 0o755)
  buildSync({
    stdin: {
      resolveDir: dirname(fileURLToPath(import.meta.url)),
      contents: `
        import { prepareSqliteFile } from './sqlite-file.ts'
        const [path, user] = process.argv.slice(2)
        if (user) { process.setgroups([]); process.setgid(Number(user)); process.setuid(Number(user)) }
        try { prepareSqliteFile(path); console.log('{}') }
        catch ({ code, message, help, cause }) { console.log(JSON.stringify({ code, message, help, cause: cause?.code })) }`,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@didit-verify/source'],
    outfile: program,
    logLevel: 'error',
  })
})
afterAll(() => rmSync(dirname(program), { recursive: true, force: true }))

/** The fault of opening a database as an account that owns nothing. Without root it is this account. */
function openAsNobody(path: string): { code?: string; message?: string; help?: string; cause?: string } {
  const { stdout, stderr } = spawnSync(process.execPath, [program, path, ...(isRoot ? [String(nobody)] : [])], {
    encoding: 'utf8',
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('the message names the file, the permission and what to do', () => {
  test('for a folder in which nothing can be created', () => {
    const inner = join(folder, 'data')
    mkdirSync(inner)
    chmodSync(inner, 0o555)
    const fault = openAsNobody(join(inner, 'test.db'))
    expect(fault).toMatchObject({ code: 'config-invalid', cause: 'EACCES' })
    expect(fault.message).toMatch(/data\/test\.db cannot be created by this process .* mode 0555/)
    expect(fault.help).toContain(inner)
  })

  test('for a folder that cannot be created', () => {
    const inner = join(folder, 'data')
    mkdirSync(inner)
    chmodSync(inner, 0o555)
    const fault = openAsNobody(join(inner, 'deeper', 'test.db'))
    expect(fault).toMatchObject({ code: 'config-invalid', cause: 'EACCES' })
    expect(fault.message).toContain(join(inner, 'deeper'))
  })

  test('for a database whose folder cannot be written', async () => {
    const path = await createDatabase()
    if (isRoot) chownSync(path, nobody, nobody)
    chmodSync(folder, 0o555)
    expect(openAsNobody(path).message).toMatch(/^The folder .* cannot be written by this process .* mode 0555/)
  })

  test.runIf(isRoot).each(['', '-wal', '-shm'])('for a file of another account: the database%s', async (ending) => {
    const path = await createDatabase()
    chownSync(folder, nobody, nobody)
    chownSync(path, nobody, nobody)
    writeFileSync(`${path}${ending}`, '', { flag: 'a' })
    chownSync(`${path}${ending}`, 0, 0)
    chmodSync(`${path}${ending}`, 0o644)
    const fault = openAsNobody(path)
    expect(fault.message).toMatch(
      /cannot be read and written by this process \(user 65534\): .* user 0 and has mode 0644/,
    )
    expect(fault.message).toContain(`${path}${ending} `)
    expect(fault.help).toMatch(/chown/)
  })
})
