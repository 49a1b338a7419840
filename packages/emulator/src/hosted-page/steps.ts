import * as z from 'zod/mini'
import { countries } from '../personas/countries.ts'
import { answerError, questionnaire } from '../personas/questionnaire.ts'
import { addressProofs, documentCodes, type PersonRun } from '../sessions/person-run.ts'

/** Schema of the message that the hosted page sends after a step. It has no pictures: they stay in the browser. */
const stepSchema = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('document_selection'),
    country: z.enum(
      countries.map(({ alpha3 }) => alpha3),
      'Choose one of the countries.',
    ),
    type: z.enum(documentCodes, 'Choose one of the documents.'),
  }),
  z.object({ step: z.literal('face'), estimate: z.int('Enter whole years.').check(z.gte(1), z.lte(120)) }),
  z.object({ step: z.literal('code'), channel: z.enum(['phone', 'email']), address: z.string() }),
  z.object({ step: z.enum(['phone', 'email']), code: z.string() }),
  z.object({ step: z.literal('poa'), type: z.enum(addressProofs, 'Choose one of the documents.') }),
  z.object({
    step: z.literal('company'),
    company: z.string().check(z.minLength(1, 'This field is required.'), z.maxLength(255)),
    number: z.string().check(z.minLength(1, 'This field is required.'), z.maxLength(100)),
  }),
  z.object({ step: z.literal('questionnaire'), answers: z.record(z.string(), z.string()) }),
])

type Step = z.infer<typeof stepSchema>

/** Messages about invalid values, by field of the page. */
export type StepFaults = Readonly<Record<string, string>>

/** The code that every phone number and email address receives. */
const sandboxCode = '123456'
const maxAttempts = 3

const phone = /^\+[1-9]\d{6,14}$/
const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** Result of one step: the new data about the person, and the faults to show. */
interface Applied {
  readonly run: PersonRun
  readonly faults: StepFaults | null
}

function sendCode(run: PersonRun, { channel, address }: Extract<Step, { step: 'code' }>): Applied {
  const text = address.trim()
  if (channel === 'phone') {
    const number = text.replace(/[\s().-]/g, '')
    if (phone.test(number)) return { run: { ...run, phone: number, phoneAttempts: 0 }, faults: null }
    return { run, faults: { phone: 'Enter a number with its country code, such as +44 7700 900042.' } }
  }
  if (email.test(text)) return { run: { ...run, email: text, emailAttempts: 0 }, faults: null }
  return { run, faults: { email: 'Enter an e-mail address, such as name@example.com.' } }
}

/** Checks a code. A wrong code counts as an attempt, so the run changes although the step is not done. */
function tryCode(run: PersonRun, step: 'phone' | 'email', code: string): Applied {
  const field = step === 'phone' ? 'phoneAttempts' : 'emailAttempts'
  const attempts = run[field]
  if (attempts === undefined) return { run, faults: { [`${step}-code`]: 'Ask for a code first.' } }
  if (attempts >= maxAttempts) {
    return { run, faults: { [`${step}-code`]: 'No attempts are left. Ask for a new code.' } }
  }
  const tried = { ...run, [field]: attempts + 1 }
  const isRight = code.trim() === sandboxCode
  return { run: tried, faults: isRight ? null : { [`${step}-code`]: `That is not the code. It is ${sandboxCode}.` } }
}

function readAnswers(answers: Readonly<Record<string, string>>): StepFaults | null {
  const faults: Record<string, string> = {}
  for (const question of questionnaire.questions) {
    const fault = answerError(question, answers[question.value] ?? '')
    if (fault !== null) faults[question.value] = fault
  }
  return Object.keys(faults).length > 0 ? faults : null
}

/** Applies one message of the page to the data about the person. */
export function applyStep(run: PersonRun, input: unknown): Applied {
  const read = z.safeParse(stepSchema, input)
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => [path.join('.') || 'step', message] as const)
    return { run, faults: Object.fromEntries(faults) }
  }
  const step = read.data
  switch (step.step) {
    case 'document_selection':
      return { run: { ...run, documentCountry: step.country, documentType: step.type }, faults: null }
    case 'face':
      return { run: { ...run, ageEstimate: step.estimate }, faults: null }
    case 'code':
      return sendCode(run, step)
    case 'phone':
    case 'email':
      return tryCode(run, step.step, step.code)
    case 'poa':
      return { run: { ...run, addressType: step.type }, faults: null }
    case 'company':
      return { run: { ...run, companyName: step.company, registrationNumber: step.number }, faults: null }
    case 'questionnaire': {
      const faults = readAnswers(step.answers)
      const known = questionnaire.questions.map(({ value }) => [value, step.answers[value] ?? ''] as const)
      return faults === null ? { run: { ...run, answers: Object.fromEntries(known) }, faults } : { run, faults }
    }
  }
}
