/** A check, named as in the `features` of a decision. */
export type Feature =
  | 'ID_VERIFICATION'
  | 'NFC'
  | 'LIVENESS'
  | 'FACE_MATCH'
  | 'AML'
  | 'IP_ANALYSIS'
  | 'AGE_ESTIMATION'
  | 'POA'
  | 'PHONE'
  | 'EMAIL_VERIFICATION'
  | 'DATABASE_VALIDATION'
  | 'QUESTIONNAIRE'
  | 'KYB_REGISTRY'
  | 'KYB_DOCUMENTS'
  | 'KYB_KEY_PEOPLE'

/** A step of the hosted page. `age` is a selfie for an age estimation, and a document if the estimate is too close. */
export type PageStep = 'document' | 'face' | 'age' | 'phone' | 'email' | 'poa' | 'questionnaire' | 'company'

/** The list of checks of a Session. */
export interface Workflow {
  readonly workflowId: string
  readonly label: string
  /** Summary of the steps at the start of the hosted page. */
  readonly summary: string
  readonly version: number
  readonly features: readonly Feature[]
  /** Steps of the hosted page, in this order. The other checks need no input. */
  readonly steps: readonly PageStep[]
  /** The check that fails when the outcome Declined is chosen without a reason. */
  readonly decidedBy: Feature
}

/** A customer's account at Didit, with its own key and Sessions. */
export interface Application {
  readonly applicationId: string
  readonly apiKey: string
}

/** The Workflows of every emulator. Their ids are fixed, so that tools can rely on them. */
export const workflows: readonly Workflow[] = [
  {
    workflowId: '11111111-2222-3333-4444-555555555555',
    label: 'Identity check',
    summary: 'a picture of a document, then one of your face',
    version: 1,
    features: ['ID_VERIFICATION', 'LIVENESS', 'FACE_MATCH', 'AML', 'IP_ANALYSIS'],
    steps: ['document', 'face'],
    decidedBy: 'ID_VERIFICATION',
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555556',
    label: 'Age check',
    summary: 'a picture of your face, and a document if it leaves your age in doubt',
    version: 1,
    features: ['AGE_ESTIMATION', 'LIVENESS', 'IP_ANALYSIS'],
    steps: ['age'],
    decidedBy: 'AGE_ESTIMATION',
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555557',
    label: 'Face check of a known person',
    summary: 'a picture of your face, to compare with the one on file',
    version: 1,
    features: ['LIVENESS', 'FACE_MATCH', 'IP_ANALYSIS'],
    steps: ['face'],
    decidedBy: 'FACE_MATCH',
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555558',
    label: 'Address check',
    summary: 'a document that shows where you live',
    version: 1,
    features: ['POA', 'IP_ANALYSIS'],
    steps: ['poa'],
    decidedBy: 'POA',
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555559',
    label: 'Questionnaire',
    summary: 'a few questions',
    version: 1,
    features: ['QUESTIONNAIRE', 'IP_ANALYSIS'],
    steps: ['questionnaire'],
    decidedBy: 'QUESTIONNAIRE',
  },
  {
    workflowId: '11111111-2222-3333-4444-55555555555a',
    label: 'Contact check',
    summary: 'a code to your phone and one to your e-mail address',
    version: 1,
    features: ['PHONE', 'EMAIL_VERIFICATION', 'IP_ANALYSIS'],
    steps: ['phone', 'email'],
    decidedBy: 'PHONE',
  },
  {
    workflowId: '11111111-2222-3333-4444-55555555555b',
    label: 'Business check',
    summary: 'what your company is called; its people verify themselves',
    version: 1,
    features: ['KYB_REGISTRY', 'KYB_DOCUMENTS', 'KYB_KEY_PEOPLE'],
    steps: ['company'],
    decidedBy: 'KYB_REGISTRY',
  },
  {
    workflowId: '11111111-2222-3333-4444-55555555555c',
    label: 'Everything',
    summary: 'all that there is, one after another',
    version: 1,
    features: [
      'ID_VERIFICATION',
      'NFC',
      'LIVENESS',
      'FACE_MATCH',
      'POA',
      'PHONE',
      'EMAIL_VERIFICATION',
      'QUESTIONNAIRE',
      'DATABASE_VALIDATION',
      'AML',
      'IP_ANALYSIS',
    ],
    steps: ['document', 'face', 'poa', 'phone', 'email', 'questionnaire'],
    decidedBy: 'ID_VERIFICATION',
  },
]

/** The Workflow that compares a face with a stored one. */
export const biometricWorkflowId = '11111111-2222-3333-4444-555555555557'

/** Creates the two applications of every emulator: the main one, and a partner to share Sessions with. */
export function seedApplications(apiKey: string): readonly [main: Application, partner: Application] {
  return [
    { applicationId: '88888888-2222-4333-8444-555555555555', apiKey },
    { applicationId: '99999999-2222-4333-8444-555555555555', apiKey: `${apiKey}-partner` },
  ]
}
