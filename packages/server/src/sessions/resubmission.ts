import type { RedactedCheck, WebhookEvent } from '@didit-verify/core/schemas'

/**
 * Which steps a Session asks for again after a reviewer has sent it back.
 *
 * Only the event names them: Didit deletes the data of these steps, so the Decision read afterwards may say nothing of
 * them. As everywhere, what is not on the list does not exist: neither backend checks, which are no step of the person's,
 * nor the words of the reviewer.
 */

/** Didit has several names for one step. @see Didit docs, "Update status", `nodes_to_resubmit` */
const kinds: Readonly<Record<string, string>> = {
  OCR: 'document',
  OCR_BACK: 'document',
  ID_VERIFICATION: 'document',
  NFC: 'chip',
  LIVENESS: 'liveness',
  FACE: 'liveness',
  AGE_ESTIMATION: 'liveness',
  FACE_MATCH: 'face',
  FACEMATCH: 'face',
  POA: 'address',
  PROOF_OF_ADDRESS: 'address',
  PHONE: 'phone',
  PHONE_VERIFICATION: 'phone',
  EMAIL: 'email',
  EMAIL_VERIFICATION: 'email',
  QUESTIONNAIRE: 'questionnaire',
}

const status = 'Resub Requested'

/** Returns the steps that an event asks for again, as far as the person may see them. */
export function resubmittedKinds({ resubmit_info: info }: Pick<WebhookEvent, 'resubmit_info'>): readonly string[] {
  const named = (info?.nodes_to_resubmit ?? []).flatMap((node) => {
    const names = typeof node === 'string' ? [node] : [node.feature, node.node_id]
    return names.map(toKind).find((kind) => kind !== undefined) ?? []
  })
  return [...new Set(named)]
}

/** Returns the steps that checks ask for again. */
export function requestedKinds(checks: readonly RedactedCheck[]): readonly string[] {
  return checks.filter((check) => check.status === status).map(({ kind }) => kind)
}

/** Returns the checks with each of these steps marked once as asked for again. */
export function nameRequested(checks: readonly RedactedCheck[], requested: readonly string[]): RedactedCheck[] {
  return [
    ...checks.filter(({ kind }) => !requested.includes(kind)),
    ...requested.map((kind) => ({ kind, status, reasons: [] })),
  ]
}

/** Returns the kind of check for a feature, or for the id of a node such as `feature_poa_1`. */
function toKind(name: string | null | undefined): string | undefined {
  const feature = (name ?? '')
    .toUpperCase()
    .replace(/^FEATURE_/, '')
    .replace(/_\d+$/, '')
  return Object.hasOwn(kinds, feature) ? kinds[feature] : undefined
}
