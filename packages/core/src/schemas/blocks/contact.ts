import * as z from 'zod/mini'
import { flag, listOf, number, objectOf, text, texts } from '../tolerant.ts'
import { checkFields } from './check.ts'

/**
 * Phone number and email address: whether the person holds them, and what is known of them.
 *
 * @see Didit docs, "Retrieve session": https://docs.didit.me/reference/retrieve-session-verification-sessions
 */

/** Events of the one-time codes, oldest first. `details` is null for some types, and never has every field. */
const lifecycle = listOf(
  z.looseObject({
    /** Such as `VALID_CODE_ENTERED`; an open list. */
    type: text,
    timestamp: text,
    details: objectOf({
      status: text,
      reason: text,
      /** The way asked for, and the way taken. Phone only. */
      channel: text,
      actual_channel: text,
      /** A secret while the verification runs. */
      code_tried: text,
    }),
    /** In US dollars. */
    fee: number,
  }),
)

/** The same number or address elsewhere. The ids are null where it comes from a list and not from a Session. */
const matchFields = {
  session_id: text,
  session_number: number,
  vendor_data: text,
  verification_date: text,
  status: text,
  is_blocklisted: flag,
  api_service: text,
  /** `session` or `list_entry`. */
  source: text,
}

const phoneVerification = z.looseObject({
  ...checkFields,
  phone_number_prefix: text,
  /** Without the prefix. */
  phone_number: text,
  /** E.164. */
  full_number: text,
  /** Two letters (ISO alpha-2). */
  country_code: text,
  country_name: text,
  carrier: objectOf({ name: text, type: text }),
  is_disposable: flag,
  is_virtual: flag,
  verification_method: text,
  verification_attempts: number,
  /** Null until the right code was entered. */
  verified_at: text,
  lifecycle,
  matches: listOf(z.looseObject({ ...matchFields, phone_number: text })),
})

/** One phone number. */
export interface PhoneVerification extends z.infer<typeof phoneVerification> {}

/** Fields of a phone number that the check in a Session and the standalone check share. */
export const phoneVerificationSchema: z.ZodMiniType<PhoneVerification> = phoneVerification

const emailVerification = z.looseObject({
  ...checkFields,
  email: text,
  /** True when the address appears in known data leaks, followed by these leaks. */
  is_breached: flag,
  breaches: listOf(
    z.looseObject({
      name: text,
      domain: text,
      logo_path: text,
      /** `YYYY-MM-DD`. */
      breach_date: text,
      description: text,
      is_verified: flag,
      data_classes: texts,
      breach_emails_count: number,
    }),
  ),
  is_disposable: flag,
  is_undeliverable: flag,
  verification_attempts: number,
  /** Null until the right code was entered. */
  verified_at: text,
  lifecycle,
  matches: listOf(z.looseObject({ ...matchFields, email: text })),
})

/** One email address. */
export interface EmailVerification extends z.infer<typeof emailVerification> {}

/** Reads one email address. */
export const emailVerificationSchema: z.ZodMiniType<EmailVerification> = emailVerification
