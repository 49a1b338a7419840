/** A check as the `features` of a decision name it. */
export type Feature =
  | 'ID_VERIFICATION'
  | 'LIVENESS'
  | 'FACE_MATCH'
  | 'AML'
  | 'IP_ANALYSIS'
  | 'AGE_ESTIMATION'
  | 'POA'
  | 'QUESTIONNAIRE'

/** What a Session runs through. */
export interface Workflow {
  readonly workflowId: string
  readonly label: string
  readonly version: number
  readonly features: readonly Feature[]
}

/** One customer account at Didit: its own key, its own Sessions. */
export interface Application {
  readonly applicationId: string
  readonly apiKey: string
  /** Whether events of its Sessions are delivered to the configured webhook. */
  readonly hasWebhook: boolean
}

/** The Workflows every emulator knows, so that tools can agree on ids. */
export const workflows: readonly Workflow[] = [
  {
    workflowId: '11111111-2222-3333-4444-555555555555',
    label: 'Identity check',
    version: 1,
    features: ['ID_VERIFICATION', 'LIVENESS', 'FACE_MATCH', 'AML', 'IP_ANALYSIS'],
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555556',
    label: 'Age check',
    version: 1,
    features: ['AGE_ESTIMATION', 'LIVENESS', 'IP_ANALYSIS'],
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555557',
    label: 'Face check of a known person',
    version: 1,
    features: ['LIVENESS', 'FACE_MATCH', 'IP_ANALYSIS'],
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555558',
    label: 'Address check',
    version: 1,
    features: ['POA', 'IP_ANALYSIS'],
  },
  {
    workflowId: '11111111-2222-3333-4444-555555555559',
    label: 'Questionnaire',
    version: 1,
    features: ['QUESTIONNAIRE', 'IP_ANALYSIS'],
  },
]

/** The Workflow that compares a face with one already on file. */
export const biometricWorkflowId = '11111111-2222-3333-4444-555555555557'

/** The two applications every emulator knows: the main one, and a partner to share Sessions with. */
export function seedApplications(apiKey: string): readonly Application[] {
  return [
    { applicationId: '88888888-2222-4333-8444-555555555555', apiKey, hasWebhook: true },
    { applicationId: '99999999-2222-4333-8444-555555555555', apiKey: `${apiKey}-partner`, hasWebhook: false },
  ]
}
