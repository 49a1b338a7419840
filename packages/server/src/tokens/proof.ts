import { createHmac } from 'node:crypto'
import { ConfigError, type ProofAnswer, RequestError } from '@didit-verify/core/schemas'
import { errors } from 'jose'
import { audienceOf, createSignedTokens, deriveKey } from './signed-token.ts'

/**
 * Proofs: a statement of the server that one user is approved at one workflow, short-lived, for another backend of the
 * host that cannot call `getStatus`.
 *
 * A proof passes through the browser, so it names no person: the user appears as a keyed hash, which only whoever has
 * the secret and already knows the user id can compare.
 */

const lifetimeSeconds = 600
const claims = ['iat', 'sub', 'sid', 'workflow', 'decidedAt']

/** What a proof states. */
export interface Approval {
  readonly userId: string
  readonly sessionId: string
  /** The host's alias. */
  readonly workflow: string
  /** Epoch milliseconds. */
  readonly decidedAt: number
}

export interface ProofsOptions {
  readonly secret: string
  readonly application: string
  readonly environment: 'live' | 'sandbox'
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Makes the proofs of one server. */
export interface Proofs {
  issue(approval: Approval): Promise<ProofAnswer>
}

/** Creates the issuer of proofs. `verifyProof` is its other half. */
export function createProofs(options: ProofsOptions): Proofs {
  const { tokens, subjectOf } = openProofs(options)
  return {
    async issue({ userId, sessionId, workflow, decidedAt }) {
      const issuedAt = Math.floor(options.now() / 1000)
      const expiresAt = issuedAt + lifetimeSeconds
      const stated = { sub: subjectOf(userId), sid: sessionId, workflow, decidedAt }
      return { proof: await tokens.sign(stated, { issuedAt, expiresAt }), expiresAt: expiresAt * 1000 }
    },
  }
}

/** What `verifyProof` has to know. */
export interface VerifyProofOptions {
  /** The `ticketSecret` of the server that made the proof. */
  readonly secret: string
  /** Who must have been approved: the user who is signed in here. A proof of someone else is none. */
  readonly userId: string
  /** At which workflow, by its alias. */
  readonly workflow: string
  /** Greatest age of the proof, in seconds. Default 600, and none lives longer. */
  readonly maxAgeSeconds?: number | undefined
  /** For how many days an approval counts. Default: as long as the server that made the proof lets it. */
  readonly maxAgeDays?: number | undefined
  /** The server's `application`. Default `default`. */
  readonly application?: string | undefined
  /** The server's `environment`. Default `live`. */
  readonly environment?: 'live' | 'sandbox' | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** What a valid proof says. */
export interface VerifiedProof {
  readonly sessionId: string
  readonly workflow: string
  /** Epoch milliseconds, like `expiresAt`. */
  readonly decidedAt: number
  readonly expiresAt: number
}

/**
 * Checks a proof that came through a browser, such as in the form field of `<didit-verify>`.
 *
 * Asks neither server nor storage, so it holds for what was true when the proof was made: at most 10 minutes ago.
 *
 * @param token - The proof. Anything else, `undefined` included, is refused like a forged one.
 * @param options.secret - The `ticketSecret` of the server that made the proof.
 * @param options.userId - Who must have been approved. Take it from your own sign-in, never from the form.
 * @param options.workflow - The alias of the workflow at which the user must have been approved.
 * @param options.maxAgeSeconds - Greatest age of the proof, in seconds. Default 600.
 * @param options.maxAgeDays - For how many days an approval counts. Default: as the server that made the proof has it.
 * @param options.application - The server's `application`. Default `default`.
 * @param options.environment - The server's `environment`. Default `live`: no sandbox approval counts by mistake.
 * @param options.now - The clock, in epoch milliseconds. Default `Date.now`.
 * @returns The Session, and when it was approved.
 * @throws {RequestError} `proof-expired` for one that is too old, `proof-invalid` for anything else that is no proof of
 *   this user and workflow. Neither repeats the token.
 * @throws {ConfigError} An option is missing or wrong.
 */
export async function verifyProof(token: unknown, options: VerifyProofOptions): Promise<VerifiedProof> {
  checkOptions(options)
  const { secret, userId, workflow, maxAgeSeconds = lifetimeSeconds, maxAgeDays, now = Date.now } = options
  const { application = 'default', environment = 'live' } = options
  const { tokens, subjectOf } = openProofs({ secret, application, environment, now })
  const payload = await tokens.read(typeof token === 'string' ? token : '').catch((error: unknown) => {
    // jose's errors carry the claims along: they stay behind.
    throw error instanceof errors.JWTExpired ? expired() : invalid()
  })
  const { sub, sid, iat, exp, decidedAt } = payload
  if (sub !== subjectOf(userId) || payload.workflow !== workflow) throw invalid()
  if (typeof sid !== 'string' || typeof decidedAt !== 'number' || iat === undefined) throw invalid()
  if (now() - iat * 1000 >= maxAgeSeconds * 1000) throw expired()
  if (maxAgeDays !== undefined && now() - decidedAt >= maxAgeDays * 86_400_000) throw invalid()
  return { sessionId: sid, workflow, decidedAt, expiresAt: exp * 1000 }
}

function openProofs({ secret, application, environment, now }: ProofsOptions) {
  const audience = audienceOf(application, environment)
  const key = deriveKey(secret, 'proof subject')
  return {
    tokens: createSignedTokens({ use: 'proof', secret, audience, requiredClaims: claims, now }),
    // With the audience in it, one person has another name in each application.
    subjectOf: (userId: string) =>
      createHmac('sha256', key)
        .update(JSON.stringify([audience, userId]))
        .digest('base64url'),
  }
}

/** A check that would pass whatever the proof says must not get as far as the proof. */
function checkOptions(options: VerifyProofOptions): void {
  const isText = (value: unknown) => typeof value === 'string' && value.trim() !== ''
  const isSpan = (value: unknown) => value === undefined || (Number.isFinite(value) && (value as number) > 0)
  const wrong = [
    isText(options.secret) && options.secret.length >= 32 ? [] : ['secret must be a string of at least 32 characters'],
    isText(options.userId) ? [] : ['userId must be the id of the user who is signed in'],
    isText(options.workflow) ? [] : ['workflow must be the alias of a workflow'],
    isSpan(options.maxAgeSeconds) ? [] : ['maxAgeSeconds must be a number above 0'],
    isSpan(options.maxAgeDays) ? [] : ['maxAgeDays must be a number above 0'],
  ].flat()
  if (wrong.length === 0) return
  throw new ConfigError(`verifyProof cannot check anything: ${wrong.join('; ')}.`, {
    help: 'Take userId from your own sign-in: a proof says that somebody was approved, and only you know who is asking.',
  })
}

const invalid = () =>
  new RequestError('proof-invalid', 'This is no proof that this user is approved at this workflow.', {
    status: 403,
    help: 'Compare secret, application, environment, userId and workflow with those of the companion server.',
  })

const expired = () =>
  new RequestError('proof-expired', 'The proof is too old.', {
    status: 403,
    help: 'Fetch a fresh one with POST /sessions/:id/proof just before it is sent.',
  })
