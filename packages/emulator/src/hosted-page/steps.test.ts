import { expect, test } from 'vitest'
import { questionnaire } from '../personas/questionnaire.ts'
import { applyStep } from './steps.ts'

const good = Object.fromEntries(questionnaire.questions.map(({ value, sample }) => [value, sample]))

test('stores what was chosen and typed', () => {
  const inputs = [
    { step: 'document_selection', country: 'DNK', type: 'DL' },
    { step: 'face', estimate: 22 },
    { step: 'code', channel: 'phone', address: '+45 (32) 12-34.56' },
    { step: 'phone', code: '000000' },
    { step: 'phone', code: ' 123456 ' },
    { step: 'code', channel: 'email', address: ' me@example.com ' },
    { step: 'email', code: '123456' },
    { step: 'poa', type: 'BANK_STATEMENT' },
    { step: 'questionnaire', answers: { ...good, question_7: 'No.', stray: 'dropped' } },
  ]
  const run = inputs.reduce((before, input) => applyStep(before, input).run, {})
  expect(run).toEqual({
    documentCountry: 'DNK',
    documentType: 'DL',
    ageEstimate: 22,
    phone: '+4532123456',
    phoneAttempts: 2,
    email: 'me@example.com',
    emailAttempts: 1,
    addressType: 'BANK_STATEMENT',
    answers: { ...good, question_7: 'No.' },
  })
})

test.each([
  [{ step: 'document_selection', country: 'XXX', type: 'P' }, { country: 'Choose one of the countries.' }],
  [{ step: 'document_selection', country: 'UTO', type: 'LIBRARY' }, { type: 'Choose one of the documents.' }],
  [{ step: 'face', estimate: 3.5 }, { estimate: 'Enter whole years.' }],
  [{ step: 'code', channel: 'phone', address: '0800' }, { phone: expect.stringContaining('country code') }],
  [{ step: 'code', channel: 'email', address: 'me@' }, { email: expect.stringContaining('e-mail address') }],
  [{ step: 'phone', code: '123456' }, { 'phone-code': 'Ask for a code first.' }],
  [{ step: 'poa', type: 'LETTER' }, { type: 'Choose one of the documents.' }],
  [{ step: 'dance' }, { step: expect.any(String) }],
  [null, { step: expect.any(String) }],
])('reports the faults of %j and stores nothing', (input, faults) => {
  expect(applyStep({}, input)).toEqual({ run: {}, faults })
})

test('allows three attempts per code, and then requires a new code', () => {
  let { run } = applyStep({}, { step: 'code', channel: 'email', address: 'me@example.com' })
  const attempt = (code: string) => {
    const applied = applyStep(run, { step: 'email', code })
    run = applied.run
    return applied.faults
  }
  for (const code of ['1', '2', '3']) {
    expect(attempt(code)).toEqual({ 'email-code': 'That is not the code. It is 123456.' })
  }
  expect(attempt('123456')).toEqual({ 'email-code': 'No attempts are left. Ask for a new code.' })
  run = applyStep(run, { step: 'code', channel: 'email', address: 'me@example.com' }).run
  expect([attempt('123456'), run.emailAttempts]).toEqual([null, 1])
})

test.each([
  ['question_1', '', 'This field is required.'],
  ['question_1', 'treasure', 'Choose one of the answers.'],
  ['question_2', 'perhaps', 'Choose one of the answers.'],
  ['question_3', 'everyday,gambling', 'Choose one of the answers.'],
  ['question_4', 'a lot', 'Enter a whole number.'],
  ['question_5', '31.01.2020', 'Enter a date.'],
  ['question_5', '2020-13-01', 'Enter a date.'],
  ['question_6', '   ', 'This field is required.'],
  ['question_7', 'x'.repeat(2001), 'Use no more than 2000 characters.'],
  ['question_8', '', 'This field is required.'],
])('%s cannot be answered with %j', (name, answer, fault) => {
  const applied = applyStep({}, { step: 'questionnaire', answers: { ...good, [name]: answer } })
  expect(applied).toEqual({ run: {}, faults: { [name]: fault } })
})

test('joins several choices into one answer, and accepts missing optional answers', () => {
  const answers: Record<string, string> = { ...good, question_3: 'everyday,abroad' }
  delete answers.question_7
  const { run, faults } = applyStep({}, { step: 'questionnaire', answers })
  expect([faults, run.answers?.question_3, run.answers?.question_7]).toEqual([null, 'everyday,abroad', ''])
})
