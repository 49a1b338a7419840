/** One possible answer. */
export interface Choice {
  readonly label: string
  readonly value: string
}

/** One question, in the terms of the vendor's responses. */
export interface Question {
  readonly uuid: string
  readonly value: string
  readonly type:
    | 'DROPDOWN'
    | 'SINGLE_CHOICE'
    | 'MULTIPLE_CHOICE'
    | 'SHORT_TEXT'
    | 'LONG_TEXT'
    | 'NUMBER'
    | 'DATE_PICKER'
    | 'CONSENT'
  readonly title: string
  readonly description: string | null
  readonly isRequired: boolean
  readonly choices: readonly Choice[] | null
  /** Answer in the decision when the outcome was chosen without filling in the questionnaire. */
  readonly sample: string
}

export interface Questionnaire {
  readonly questionnaireId: string
  readonly title: string
  readonly description: string
  readonly questions: readonly Question[]
}

const question = (
  number: number,
  type: Question['type'],
  title: string,
  sample: string,
  more: Partial<Pick<Question, 'description' | 'isRequired' | 'choices'>> = {},
): Question => ({
  uuid: `00000000-0000-4000-8000-00000000000${number}`,
  value: `question_${number}`,
  type,
  title,
  description: null,
  isRequired: true,
  choices: null,
  sample,
  ...more,
})

/** The questionnaire of every emulator. */
export const questionnaire: Questionnaire = {
  questionnaireId: '44444444-2222-4333-8444-555555555559',
  title: 'Source of funds',
  description: 'Invented questions about invented money.',
  questions: [
    question(1, 'DROPDOWN', 'Main source of funds', 'salary', {
      choices: [
        { label: 'Salary', value: 'salary' },
        { label: 'Savings', value: 'savings' },
        { label: 'Inheritance', value: 'inheritance' },
      ],
    }),
    question(2, 'SINGLE_CHOICE', 'Do you hold a public office?', 'no', {
      choices: [
        { label: 'No', value: 'no' },
        { label: 'Yes', value: 'yes' },
      ],
    }),
    question(3, 'MULTIPLE_CHOICE', 'What will you use the account for?', 'everyday', {
      choices: [
        { label: 'Everyday payments', value: 'everyday' },
        { label: 'Saving', value: 'saving' },
        { label: 'Payments abroad', value: 'abroad' },
      ],
    }),
    question(4, 'NUMBER', 'Expected payments in a month', '1200', { description: 'A whole number, in euros.' }),
    question(5, 'DATE_PICKER', 'Since when do you live where you live now?', '2020-01-31'),
    question(6, 'SHORT_TEXT', 'Occupation', 'Lighthouse keeper'),
    question(7, 'LONG_TEXT', 'Anything else that we should know?', '', { isRequired: false }),
    question(8, 'CONSENT', 'My answers are true.', 'true'),
  ],
}

/** Returns the error of an answer, or null. The page makes the same check before it sends the answer. */
export function answerError({ type, isRequired, choices }: Question, answer: string): string | null {
  if (answer.trim() === '') return isRequired ? 'This field is required.' : null
  const chosen = type === 'MULTIPLE_CHOICE' ? answer.split(',') : [answer]
  if (choices !== null && chosen.some((one) => !choices.some(({ value }) => value === one))) {
    return 'Choose one of the answers.'
  }
  if (type === 'NUMBER' && !/^\d{1,9}$/.test(answer)) return 'Enter a whole number.'
  if (type === 'DATE_PICKER' && (!/^\d{4}-\d\d-\d\d$/.test(answer) || Number.isNaN(Date.parse(answer)))) {
    return 'Enter a date.'
  }
  if (type === 'CONSENT' && answer !== 'true') return 'This field is required.'
  return answer.length > 2000 ? 'Use no more than 2000 characters.' : null
}
