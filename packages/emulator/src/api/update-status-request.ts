import { type KnownSessionStatus, sessionStatuses } from '@didit-verify/core/schemas'
import { isObject, type Json } from '../runtime/json.ts'
import type { FieldErrors } from '../sessions/create-request.ts'
import { parentSteps, stepNames } from '../sessions/feature-names.ts'
import type { ResubmittedNode } from '../sessions/sessions.ts'

/**
 * The body of `PATCH /v3/session/{id}/update-status/`.
 *
 * @see Didit docs, "Update status": https://docs.didit.me/sessions-api/update-status
 */

const targets = ['Approved', 'Declined', 'Resubmitted'] as const

/** A valid request. Omitted fields have their defaults. */
export interface UpdateStatusRequest {
  readonly newStatus: (typeof targets)[number]
  readonly comment: string | null
  /** Steps to repeat. Null lets Didit pick them. */
  readonly nodes: readonly ResubmittedNode[] | null
  /** Recipient of the notification e-mail. Null sends none. */
  readonly email: { readonly address: string; readonly language: string } | null
}

const emailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const isTarget = (value: Json): value is UpdateStatusRequest['newStatus'] =>
  (targets as readonly Json[]).includes(value)

function statusError(value: Json): string | null {
  if (value === null) return 'This field is required.'
  if (!sessionStatuses.includes(value as KnownSessionStatus)) return `"${String(value)}" is not a valid choice.`
  return isTarget(value) ? null : 'Allowed targets: Approved, Declined, Resubmitted.'
}

function nodeErrors(node: Json): FieldErrors {
  if (!isObject(node)) return { non_field_errors: ['Invalid data. Expected a dictionary.'] }
  const { node_id: id = null, feature = null } = node
  const errors: Record<string, Json> = {}
  if (id === null) errors.node_id = ['This field is required.']
  else if (typeof id !== 'string') errors.node_id = ['Not a valid string.']
  if (feature === null) errors.feature = ['This field is required.']
  else if (typeof feature !== 'string' || !stepNames.includes(feature))
    errors.feature = [`"${String(feature)}" is not a valid choice.`]
  return errors
}

function nodesError(value: Json): Json {
  if (value === null) return null
  if (!Array.isArray(value)) return ['Expected a list of items.']
  const errors = value.map(nodeErrors)
  return errors.some((error) => Object.keys(error).length > 0) ? errors : null
}

function emailError(sends: Json, address: Json): string | null {
  if (address === null) return sends === true ? 'Required when send_email is true.' : null
  return typeof address === 'string' && emailAddress.test(address) ? null : 'Enter a valid email address.'
}

const textError = (value: Json) => (value === null || typeof value === 'string' ? null : 'Not a valid string.')
const asList = (error: string | null): Json => (error === null ? null : [error])

/** Parses the body. Returns the request, or the errors in the vendor's words. */
export function readUpdateStatusRequest(body: Json): { request: UpdateStatusRequest } | { errors: FieldErrors } {
  if (!isObject(body)) return { errors: { non_field_errors: ['Invalid data. Expected a dictionary.'] } }
  const field = (name: string): Json => body[name] ?? null
  const sends = field('send_email')
  const address = field('email_address')
  const fieldErrors: Readonly<Record<string, Json>> = {
    new_status: asList(statusError(field('new_status'))),
    comment: asList(textError(field('comment'))),
    nodes_to_resubmit: nodesError(field('nodes_to_resubmit')),
    send_email: sends === null || typeof sends === 'boolean' ? null : ['Must be a valid boolean.'],
    email_address: asList(emailError(sends, address)),
    email_language: asList(textError(field('email_language'))),
  }
  const errors = Object.fromEntries(Object.entries(fieldErrors).filter(([, error]) => error !== null))
  if (Object.keys(errors).length > 0) return { errors }
  const nodes = field('nodes_to_resubmit') as readonly ResubmittedNode[] | null
  const parents = (nodes ?? []).map(({ feature }) => feature).filter((feature) => parentSteps.includes(feature))
  if (parents.length > 0 && body.new_status === 'Resubmitted') {
    const message = `Cannot be resubmitted by themselves: ${parents.join(', ')}. Resubmit the sessions of the people.`
    return { errors: { nodes_to_resubmit: message } }
  }
  return {
    request: {
      newStatus: body.new_status as UpdateStatusRequest['newStatus'],
      comment: field('comment') as string | null,
      // With an empty list Didit picks the steps.
      nodes: nodes === null || nodes.length === 0 ? null : nodes.map(({ node_id, feature }) => ({ node_id, feature })),
      email:
        sends === true
          ? { address: address as string, language: (field('email_language') as string | null) ?? 'en' }
          : null,
    },
  }
}
