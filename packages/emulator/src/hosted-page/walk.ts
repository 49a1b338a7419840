import { blockOf } from '../sessions/feature-names.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import type { PageStep, Workflow } from '../sessions/workflows.ts'

/** Block of the decision for each step of the page. */
const blockOfStep: Readonly<Record<PageStep, string>> = {
  document: 'id_verifications',
  face: 'liveness_checks',
  age: 'liveness_checks',
  phone: 'phone_verifications',
  email: 'email_verifications',
  poa: 'poa_verifications',
  questionnaire: 'questionnaire_responses',
  company: 'document_verifications',
}

/** Returns the Workflow with the steps that the person has to do: after a resubmission, only the requested ones. */
export function walkOf({ workflow, resubmission }: StoredSession): Workflow {
  const blocks = resubmission.map(({ feature }) => (feature === 'FACE_MATCH' ? 'liveness_checks' : blockOf(feature)))
  const steps = workflow.steps.filter((step) => blocks.includes(blockOfStep[step]))
  return steps.length > 0 ? { ...workflow, steps } : workflow
}
