import type { Blocklist } from '../decision/blocklist.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Identity } from '../runtime/identity.ts'
import type { JsonObject } from '../runtime/json.ts'
import { vendorTime } from '../runtime/vendor-time.ts'
import type { Sessions, StoredSession } from '../sessions/sessions.ts'
import type { Application } from '../sessions/workflows.ts'
import { type Caller, createResultSession, services, storeResult, withNodeId } from './api-session.ts'
import type { CheckRequest, SendRequest } from './phone-request.ts'
import { createWarning, isDeclining } from './warnings.ts'

/**
 * Verification of phone numbers by a code. A code is valid for five minutes, with three attempts and two sends. A number
 * can receive four codes an hour.
 *
 * No message is sent. The code is 123456, or the first digits of 12345678 if another length is requested. The last four
 * digits of a number select its kind.
 */
export interface PhoneVerifications {
  send(caller: Caller, request: SendRequest): SendOutcome
  check(application: Application, request: CheckRequest): CheckOutcome
}

export type SendOutcome =
  | { readonly kind: 'capped' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'wrong-line' }
  | { readonly kind: 'undelivered' }
  | { readonly kind: 'sent'; readonly status: 'Success' | 'Retry' | 'Blocked'; readonly requestId: string }

/** Result of a check. `session` is null when no code was pending. */
export interface CheckOutcome {
  readonly status: 'Approved' | 'Declined' | 'Failed' | 'Expired or Not Found'
  readonly message: string
  readonly requestId: string
  readonly session: StoredSession | null
  readonly phone: JsonObject | null
}

interface Verification {
  readonly session: StoredSession
  readonly number: string
  readonly code: string
  readonly channel: string
  readonly startedAt: number
  readonly sentAt: number[]
  readonly lifecycle: JsonObject[]
  attempts: number
  isOpen: boolean
  verifiedAt: number | null
}

export interface PhoneVerificationsOptions {
  readonly clock: Clock
  readonly identity: Identity
  readonly sessions: Sessions
  readonly blocklist: Blocklist
}

const windowMs = 5 * 60_000
const hourMs = 60 * 60_000
const maxSends = 2
const maxAttempts = 3
const sendsPerHour = 4
const feature = 'PHONE'

/** Kinds of numbers, by their last four digits. */
const special = {
  blocked: '0000',
  invalid: '0002',
  wrongLine: '0003',
  undelivered: '0005',
  voip: '0006',
  disposable: '0007',
} as const
const isSpecial = (number: string, kind: keyof typeof special) => number.endsWith(special[kind])

const countries: readonly (readonly [prefix: string, code: string, name: string])[] = [
  ['+351', 'PT', 'Portugal'],
  ['+353', 'IE', 'Ireland'],
  ['+31', 'NL', 'Netherlands'],
  ['+33', 'FR', 'France'],
  ['+34', 'ES', 'Spain'],
  ['+39', 'IT', 'Italy'],
  ['+44', 'GB', 'United Kingdom'],
  ['+45', 'DK', 'Denmark'],
  ['+49', 'DE', 'Germany'],
  ['+52', 'MX', 'Mexico'],
  ['+54', 'AR', 'Argentina'],
  ['+55', 'BR', 'Brazil'],
  ['+91', 'IN', 'India'],
  ['+1', 'US', 'United States'],
]

/** Writes a time with `+00:00`, as lifecycles have it. Sessions have `Z`. */
const offsetTime = (epochMs: number) => vendorTime(epochMs).replace('Z', '+00:00')

/** Creates the phone verifications of one emulator. A verification is deleted with its Session. */
export function createPhoneVerifications(options: PhoneVerificationsOptions): PhoneVerifications {
  const { clock, identity, sessions, blocklist } = options
  let all: Verification[] = []

  /** Returns the verifications of a number in an application whose Session still exists, newest first. */
  function known(application: Application, number: string): Verification[] {
    all = all.filter(({ session }) => sessions.byId(session.sessionId) === session)
    return all.filter((one) => one.number === number && one.session.application === application).reverse()
  }

  const note = ({ lifecycle }: Verification, type: string, details: JsonObject | null, fee = 0) =>
    void lifecycle.push({ type, timestamp: offsetTime(clock.now()), details, fee })

  function report(verification: Verification, status: string, warnings: readonly JsonObject[]): JsonObject {
    const { number, session, channel, sentAt, verifiedAt, lifecycle } = verification
    const country = countries.find(([prefix]) => number.startsWith(prefix))
    const prefix = country?.[0] ?? number.slice(0, 3)
    const isVirtual = isSpecial(number, 'voip')
    return {
      status,
      phone_number_prefix: prefix,
      phone_number: number.slice(prefix.length),
      full_number: number,
      country_code: country?.[1] ?? null,
      country_name: country?.[2] ?? '',
      carrier: { name: 'Example Mobile', type: isVirtual ? 'voip' : 'mobile' },
      is_disposable: isSpecial(number, 'disposable'),
      is_virtual: isVirtual,
      verification_method: channel,
      verification_attempts: sentAt.length,
      verified_at: verifiedAt === null ? null : vendorTime(verifiedAt),
      warnings,
      lifecycle: [...lifecycle],
      matches: usedBefore(session, number).map((other) => ({
        session_id: other.sessionId,
        session_number: other.sessionNumber,
        vendor_data: other.request.vendorData,
        verification_date: new Date(other.createdAt).toISOString().replace(/\.\d+Z$/, 'Z'),
        phone_number: number,
        status: other.status,
        is_blocklisted: isListed(session.application, number),
        api_service: other.apiService,
        source: 'session',
      })),
    }
  }

  const isListed = (application: Application, number: string) =>
    blocklist.list(application).some(({ type, value }) => type === 'phone' && value === number)

  /** Returns up to five Sessions of other users that verified the number. */
  const usedBefore = (session: StoredSession, number: string) =>
    known(session.application, number)
      .filter((one) => one.verifiedAt !== null && one.session.request.vendorData !== session.request.vendorData)
      .map((one) => one.session)
      .slice(0, 5)

  function show(verification: Verification, phone: JsonObject, warnings: readonly JsonObject[]): void {
    const { session } = verification
    storeResult(session, services.phone, { ...phone, warnings: withNodeId(warnings, services.phone) })
  }

  function finish(verification: Verification, status: 'Approved' | 'Declined', warnings: JsonObject[]): JsonObject {
    verification.isOpen = false
    const reason = warnings.find(isDeclining)?.risk ?? null
    const type = status === 'Approved' ? 'PHONE_VERIFICATION_APPROVED' : 'PHONE_VERIFICATION_DECLINED'
    note(verification, type, status === 'Approved' ? null : { reason })
    const phone = report(verification, status, warnings)
    show(verification, phone, warnings)
    sessions.changeStatus(verification.session, status, 'check')
    return phone
  }

  function expire(verification: Verification): void {
    const { session } = verification
    if (!verification.isOpen || sessions.byId(session.sessionId) !== session) return
    verification.isOpen = false
    note(verification, 'PHONE_VERIFICATION_EXPIRED', null)
    show(verification, report(verification, 'Expired', []), [])
    sessions.changeStatus(session, 'Expired', 'check')
  }

  function begin(caller: Caller, { number, codeSize, channel }: SendRequest): Verification {
    const verification: Verification = {
      session: createResultSession(sessions, services.phone, caller),
      number,
      code: '12345678'.slice(0, codeSize),
      channel,
      startedAt: clock.now(),
      sentAt: [clock.now()],
      lifecycle: [],
      attempts: 0,
      isOpen: true,
      verifiedAt: null,
    }
    all.push(verification)
    return verification
  }

  const isPending = ({ isOpen, startedAt }: Verification) => isOpen && clock.now() - startedAt < windowMs

  return {
    send(caller, request) {
      const { number, channel } = request
      if (isSpecial(number, 'invalid')) return { kind: 'invalid' }
      if (isSpecial(number, 'wrongLine')) return { kind: 'wrong-line' }
      const mine = known(caller.application, number)
      const recent = mine.flatMap(({ sentAt }) => sentAt).filter((at) => at > clock.now() - hourMs)
      if (recent.length >= sendsPerHour) return { kind: 'capped' }
      if (isSpecial(number, 'undelivered')) return { kind: 'undelivered' }

      const pending = mine.find(isPending)
      const sending = { status: 'Success', reason: null, channel, actual_channel: channel }
      if (pending && pending.sentAt.length < maxSends) {
        pending.sentAt.push(clock.now())
        note(pending, 'PHONE_VERIFICATION_RETRY_MESSAGE_SENT', { ...sending, status: 'Retry' }, 0.08)
        show(pending, report(pending, 'Not Finished', []), [])
        return { kind: 'sent', status: 'Retry', requestId: pending.session.sessionId }
      }
      const verification = begin(caller, request)
      const { sessionId } = verification.session
      if (isSpecial(number, 'blocked')) {
        note(verification, 'PHONE_VERIFICATION_BLOCKED', { ...sending, status: 'Blocked', reason: 'suspicious' })
        finish(verification, 'Declined', [createWarning(feature, 'HIGH_RISK_PHONE_NUMBER', 'error')])
        return { kind: 'sent', status: 'Blocked', requestId: sessionId }
      }
      note(verification, 'PHONE_VERIFICATION_MESSAGE_SENT', sending, 0.08)
      show(verification, report(verification, 'Not Finished', []), [])
      sessions.changeStatus(verification.session, 'In Progress', 'check')
      // The time counts from the first send. A second send does not extend it.
      clock.after(windowMs, () => expire(verification))
      return { kind: 'sent', status: 'Success', requestId: sessionId }
    },

    check(application, { number, code, declinesOn }) {
      const verification = known(application, number).find(isPending)
      if (!verification) {
        const message = 'Nothing pending in the last 5 minutes.'
        const status = 'Expired or Not Found'
        return { status, message, requestId: identity.uuid(), session: null, phone: null }
      }
      const { session } = verification
      const requestId = session.sessionId
      if (code !== verification.code) {
        verification.attempts += 1
        note(verification, 'INVALID_CODE_ENTERED', { code_tried: code, status: 'Failed' })
        const left = maxAttempts - verification.attempts
        if (left > 0) {
          const message = `Wrong code. Attempts remaining: ${left}`
          return { status: 'Failed', message, requestId: identity.uuid(), session, phone: null }
        }
        const message = 'Wrong code. No attempts left.'
        const warnings = [createWarning(feature, 'VERIFICATION_CODE_ATTEMPTS_EXCEEDED', 'error')]
        return { status: 'Declined', message, requestId, session, phone: finish(verification, 'Declined', warnings) }
      }
      verification.verifiedAt = clock.now()
      note(verification, 'VALID_CODE_ENTERED', { code_tried: code, status: 'Approved' })
      const [other] = usedBefore(session, number)
      const weight = (isDecline: boolean) => (isDecline ? 'error' : 'information')
      const duplicated = other && {
        duplicated_session_id: other.sessionId,
        duplicated_session_number: other.sessionNumber,
        api_service: other.apiService,
      }
      const warnings = [
        isListed(application, number) && createWarning(feature, 'PHONE_NUMBER_IN_BLOCKLIST', 'error'),
        isSpecial(number, 'voip') && createWarning(feature, 'VOIP_NUMBER_DETECTED', weight(declinesOn.voip)),
        isSpecial(number, 'disposable') &&
          createWarning(feature, 'DISPOSABLE_NUMBER_DETECTED', weight(declinesOn.disposable)),
        duplicated && createWarning(feature, 'DUPLICATED_PHONE_NUMBER', weight(declinesOn.duplicate), duplicated),
      ].filter((warning) => warning !== false && warning !== undefined)
      const status = warnings.some(isDeclining) ? 'Declined' : 'Approved'
      const message = 'Code accepted.'
      return { status, message, requestId, session, phone: finish(verification, status, warnings) }
    },
  }
}
