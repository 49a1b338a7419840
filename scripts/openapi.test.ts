import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('run.mjs', import.meta.url))

test('without the OpenAPI document, `npm run conformance` says that nothing was checked and runs nothing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'conformance'], {
    encoding: 'utf8',
    env: { ...process.env, DIDIT_OPENAPI: 'there/is/none.json' },
  })
  expect(status).toBe(0)
  expect(stderr).toMatch(/^CONFORMANCE NOT RUN: .*there\/is\/none\.json.* DIDIT_OPENAPI=\S+\n$/)
  expect(stdout).toBe('')
})

test('a full run without the document says so in the line before the last', async () => {
  const { default: SummaryReporter } = await import('./summary-reporter.mjs')
  const before = process.listeners('exit')
  process.env.DIDIT_VERIFY_NOT_RUN = 'CONFORMANCE NOT RUN: it is not there.'
  try {
    new SummaryReporter().onTestRunEnd([], [new Error('so that there is something to count')])
  } finally {
    delete process.env.DIDIT_VERIFY_NOT_RUN
  }
  const [atExit] = process.listeners('exit').filter((it) => !before.includes(it))
  if (!atExit) throw new Error('Nothing is written at the end.')
  process.off('exit', atExit)
  const written: unknown[] = []
  const { write } = process.stdout
  process.stdout.write = (text) => written.push(text) > 0
  try {
    atExit(0)
  } finally {
    process.stdout.write = write
  }
  expect(written).toEqual(['CONFORMANCE NOT RUN: it is not there.\n0 passed, 1 failed\n'])
})
