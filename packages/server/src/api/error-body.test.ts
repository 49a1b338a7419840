import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readIssues } from './error-body.ts'

test.each([
  ['a detail', { detail: 'Not found.' }, [{ path: '', message: 'Not found.' }]],
  ['a list of details', { detail: ['Unfinished.'] }, [{ path: '', message: 'Unfinished.' }]],
  ['an error', { error: 'No credits.' }, [{ path: '', message: 'No credits.' }]],
  [
    'a list of errors',
    { error: ['The sum is not 100.', 'Too low.'] },
    [
      { path: '', message: 'The sum is not 100.' },
      { path: '', message: 'Too low.' },
    ],
  ],
  ['a field', { workflow_id: 'Invalid workflow_id.' }, [{ path: 'workflow_id', message: 'Invalid workflow_id.' }]],
  [
    'lists of fields',
    { workflow_id: ['This field is required.'], language: ['Unknown.', 'Too long.'] },
    [
      { path: 'workflow_id', message: 'This field is required.' },
      { path: 'language', message: 'Unknown.' },
      { path: 'language', message: 'Too long.' },
    ],
  ],
  [
    'nested fields, as an object and in a list',
    { expected_details: { address: ['Needs a country.'] }, options: [{ code_size: ['Too small.'] }] },
    [
      { path: 'expected_details.address', message: 'Needs a country.' },
      { path: 'options.code_size', message: 'Too small.' },
    ],
  ],
  ['a field that is called detail further in', { a: { detail: 'No.' } }, [{ path: 'a.detail', message: 'No.' }]],
  ['a bare list', ['The status is the same.'], [{ path: '', message: 'The status is the same.' }]],
  ['HTML', '<!doctype html><html></html>', []],
  ['nothing', undefined, []],
  ['null', null, []],
  ['other things', { code: 7, ok: false, why: null }, []],
])('reads %s', (_, body, issues) => {
  expect(readIssues(body)).toEqual(issues)
})

test('stops at a sensible number of issues and depth', () => {
  expect(readIssues(Array.from({ length: 1000 }, (_, n) => `No. ${n}`))).toHaveLength(50)
  let deep: unknown = 'bottom'
  for (let level = 0; level < 10_000; level += 1) deep = { a: deep }
  expect(readIssues(deep)).toEqual([])
  let list: unknown = 'bottom'
  for (let level = 0; level < 100_000; level += 1) list = [list]
  expect(readIssues(list)).toEqual([])
})

const fixtures = new URL('../../../core/fixtures/', import.meta.url)

/** The issues of each of Didit's error bodies. HTML has none. */
const paths: Readonly<Record<string, readonly string[]>> = {
  '400.aml.weights': [''],
  '400.create.blocked-vendor-data': ['vendor_data'],
  '400.create.credits': [''],
  '400.create.missing-workflow': ['workflow_id'],
  '400.create.no-stored-face': ['portrait_image'],
  '400.create.portrait-too-large': ['portrait_image'],
  '400.create.unknown-workflow': ['workflow_id'],
  '400.import.expired-token': ['share_token'],
  '400.list.date': ['date_from'],
  '400.list.session-kind': ['session_kind'],
  '400.phone.options': ['options.code_size'],
  '400.poa.document': ['document'],
  '400.sandbox.arm-started': [''],
  '400.share.not-finished': [''],
  '400.share.same-application': ['for_application_id'],
  '400.update-status.email-missing': ['email_address'],
  '400.update-status.nested': ['nodes_to_resubmit.feature'],
  '400.update-status.nothing-to-resubmit': ['nodes_to_resubmit'],
  '400.update-status.same-status': [''],
  '400.update-status.target': ['new_status'],
  '400.update-status.wrong-current': [''],
  '401.invalid-key.late-2026': [''],
  '401.share.no-credentials': [''],
  '403.credentials': [''],
  '403.import.already': [''],
  '403.no-key': [''],
  '403.pdf.not-finished': [''],
  '403.standalone.credits': [''],
  '404.import.workflow': [''],
  '404.not-a-uuid': [],
  '404.session-not-retrievable': [''],
  '404.session': [''],
  '409.delete.filed-report.late-2026': ['code', ''],
  '429.create': [''],
  '429.get': [''],
  '429.pdf': [''],
  '429.phone-number-cap': [''],
  '429.sandbox-quota': [''],
  '429.write': [''],
  '500.phone': [''],
}

test.each(readdirSync(fixtures).filter((file) => file.startsWith('error.')))('reads all of %s', (file) => {
  const { body } = JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'))
  const issues = readIssues(body)
  expect(issues.map(({ path }) => path)).toEqual(paths[file.slice('error.'.length, -'.json'.length)])
  // Each message is there word for word, and nothing is made up.
  for (const { message } of issues) expect(JSON.stringify(body)).toContain(JSON.stringify(message))
})
