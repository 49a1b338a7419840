import { isObject } from '../runtime/json.ts'
import { vendorTime } from '../sessions/sessions.ts'
import { type Block, type Check, checkOf, offsetTime, type Subject, stepTime } from './check.ts'

/** Counts at least one attempt: the outcome may have been chosen before a code was entered. */
const attemptsOf = (tried: number | undefined) => Math.max(1, tried ?? 1)

/** Returns invented wrong codes, one for each attempt before the last. */
const wrongCodes = (attempts: number) => Array.from({ length: attempts - 1 }, () => '000000')

function lifecycle(
  subject: Subject,
  { status }: Check,
  kind: { prefix: string; attempts: number; sent: Block; fee: number },
): Block[] {
  const at = (seconds: number) => offsetTime(stepTime(subject, seconds))
  const entry = (type: string, seconds: number, details: Block | null, fee = 0): Block => ({
    type,
    timestamp: at(seconds),
    details,
    fee,
  })
  const verdict = status === 'Approved' ? 'APPROVED' : status === 'In Review' ? 'IN_REVIEW' : 'DECLINED'
  return [
    entry(`${kind.prefix}_MESSAGE_SENT`, 40, { status: 'Success', reason: null, ...kind.sent }, kind.fee),
    ...wrongCodes(kind.attempts).map((code, index) =>
      entry('INVALID_CODE_ENTERED', 50 + index * 5, { code_tried: code, status: 'Failed' }),
    ),
    entry('VALID_CODE_ENTERED', 70, { code_tried: '123456', status: 'Approved' }),
    entry(`${kind.prefix}_${verdict}`, 71, null),
  ]
}

/** Returns a match with the blocklist as the vendor writes it. */
const listed = (value: Block): Block => ({
  session_id: null,
  session_number: null,
  vendor_data: null,
  verification_date: null,
  ...value,
  status: null,
  is_blocklisted: true,
  api_service: null,
  source: 'list_entry',
})

/** Calling codes of the invented numbers and of common test numbers. */
const callingCodes: readonly (readonly [prefix: string, alpha2: string, name: string])[] = [
  ['+351', 'PT', 'Portugal'],
  ['+34', 'ES', 'Spain'],
  ['+33', 'FR', 'France'],
  ['+39', 'IT', 'Italy'],
  ['+44', 'GB', 'United Kingdom'],
  ['+45', 'DK', 'Denmark'],
  ['+49', 'DE', 'Germany'],
  ['+55', 'BR', 'Brazil'],
  ['+91', 'IN', 'India'],
  ['+1', 'US', 'United States'],
]

/** Returns the block of the phone number and its code. */
export function phoneVerification(subject: Subject): Block {
  const { person, run } = subject
  const check = checkOf(subject, 'PHONE')
  const number = person.phone.replace(/[^+\d]/g, '')
  const [prefix, alpha2, name] = callingCodes.find(([code]) => number.startsWith(code)) ?? ['', 'XU', 'Utopia']
  const isInternet = check.has('VOIP_NUMBER_DETECTED')
  const attempts = attemptsOf(run.phoneAttempts)
  return {
    node_id: check.nodeId,
    status: check.status,
    phone_number_prefix: prefix,
    phone_number: number.slice(prefix.length),
    full_number: number,
    country_code: alpha2,
    country_name: name,
    carrier: { name: 'Example Mobile', type: isInternet ? 'voip' : 'mobile' },
    is_disposable: false,
    is_virtual: isInternet,
    verification_method: 'sms',
    verification_attempts: attempts,
    verified_at: vendorTime(stepTime(subject, 70)),
    lifecycle: lifecycle(subject, check, {
      prefix: 'PHONE_VERIFICATION',
      attempts,
      sent: { channel: 'sms', actual_channel: 'sms' },
      fee: 0.08,
    }),
    warnings: check.warnings,
    matches: check.has('PHONE_NUMBER_IN_BLOCKLIST') ? [listed({ phone_number: number })] : [],
  }
}

/** Returns the block of the e-mail address and its code. */
export function emailVerification(subject: Subject): Block {
  const { person, run } = subject
  const check = checkOf(subject, 'EMAIL_VERIFICATION')
  const attempts = attemptsOf(run.emailAttempts)
  return {
    node_id: check.nodeId,
    status: check.status,
    email: person.email,
    is_breached: false,
    breaches: [],
    is_disposable: check.has('DISPOSABLE_EMAIL_DETECTED'),
    is_undeliverable: false,
    verification_attempts: attempts,
    verified_at: vendorTime(stepTime(subject, 70)),
    warnings: check.warnings,
    lifecycle: lifecycle(subject, check, { prefix: 'EMAIL_VERIFICATION', attempts, sent: {}, fee: 0.03 }),
    matches: check.has('EMAIL_IN_BLOCKLIST') ? [listed({ email: person.email })] : [],
  }
}

/** Returns the contact details of the Session. Null when neither an address nor a number was given. */
export function contactDetails({ session }: Subject): Block | null {
  const value = session.request.contactDetails
  if (!isObject(value) || (value.email === undefined && value.phone === undefined)) return null
  return {
    email: value.email ?? null,
    email_lang: value.email_lang ?? 'en',
    send_notification_emails: value.send_notification_emails ?? false,
    phone: value.phone ?? null,
  }
}
