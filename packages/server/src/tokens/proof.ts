import { createHmac } from 'node:crypto'
import { ConfigError, type ProofAnswer, RequestError } from '@didit-verify/core/schemas'
import { errors } from 'jose'
import { audienceOf, createSignedTokens, deriveKey } from './signed-token.ts'

/**
 * A proof is a short-lived signed statement that one user is approved in one workflow. It is for another backend of the
 * host that cannot call `getStatus`.
 *
 * A proof passes through the browser, so it contains no user id, only a keyed hash of it. To compare the hash, a backend
 * needs the secret and the user id.
 */

const lifetimeSeconds = 600
const claims = ['iat', 'sub', 'sid', 'workflow', 'decidedAt']

/** Content of a proof. */
export interface Approval {
  readonly userId: string
  readonly sessionId: string
  /** The workflow's alias. */
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

/** Issuer of the proofs of one server. */
export interface Proofs {
  issue(approval: Approval): Promise<ProofAnswer>
}

/** Creates the issuer of proofs. `verifyProof` checks them. */
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

/** Options of `verifyProof`. */
export interface VerifyProofOptions {
  /** The `ticketSecret` of the server that made the proof. */
  readonly secret: string
  /** The user who is signed in here. A proof of another user is refused. */
  readonly userId: string
  /** At which workflow, by its alias. */
  readonly workflow: string
  /** Maximum age of the proof, in seconds. Default 600, which is also the longest lifetime of a proof. */
  readonly maxAgeSeconds?: number | undefined
  /** Maximum age of the approval, in days. Default: the limit of the server that issued the proof. */
  readonly maxAgeDays?: number | undefined
  /** The server's `application`. Default `default`. */
  readonly application?: string | undefined
  /** The server's `environment`. Default `live`. */
  readonly environment?: 'live' | 'sandbox' | undefined
  /** The clock, in epoch milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Content of a valid proof. */
export interface VerifiedProof {
  readonly sessionId: string
  readonly workflow: string
  /** Epoch milliseconds, like `expiresAt`. */
  readonly decidedAt: number
  readonly expiresAt: number
}

/**
 * Checks a proof that came through a browser, for example in the form field of `<didit-verify>`.
 *
 * It asks neither the server nor the storage. The result says what was true when the proof was issued, at most 10 minutes
 * ago.
 *
 * @example
 * ```ts
 * import { verifyProof } from '@didit-verify/server'
 *
 * declare const form: FormData
 * declare const user: { id: string } // from your own sign-in
 *
 * const { sessionId } = await verifyProof(form.get('identity'), {
 *   secret: process.env.DIDIT_TICKET_SECRET ?? '',
 *   userId: user.id,
 *   workflow: 'default',
 * })
 * ```
 *
 * @param token - The proof. Any other value, including `undefined`, is refused like a forged proof.
 * @param options.secret - The `ticketSecret` of the server that issued the proof.
 * @param options.userId - The user who must be approved. Take the id from your own sign-in, never from the form.
 * @param options.workflow - The alias of the workflow in which the user must be approved.
 * @param options.maxAgeSeconds - Maximum age of the proof, in seconds. Default 600.
 * @param options.maxAgeDays - Maximum age of the approval, in days. Default: the limit of the server that issued the proof.
 * @param options.application - The server's `application`. Default `default`.
 * @param options.environment - The server's `environment`. Default `live`, so that a sandbox approval is refused.
 * @param options.now - The clock, in epoch milliseconds. Default `Date.now`.
 * @returns The Session, and the time of its approval.
 * @throws {RequestError} `proof-expired` when the proof is too old; `proof-invalid` when it is not valid for this user and
 *   workflow. The error does not contain the token.
 * @throws {ConfigError} An option is missing or invalid.
 */
export async function verifyProof(token: unknown, options: VerifyProofOptions): Promise<VerifiedProof> {
  checkOptions(options)
  const { secret, userId, workflow, maxAgeSeconds = lifetimeSeconds, maxAgeDays, now = Date.now } = options
  const { application = 'default', environment = 'live' } = options
  const { tokens, subjectOf } = openProofs({ secret, application, environment, now })
  const payload = await tokens.read(typeof token === 'string' ? token : '').catch((error: unknown) => {
    // Errors of jose contain the claims, so they are not passed on as the cause.
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
    // The hash includes the audience, so that one user has a different hash in each application.
    subjectOf: (userId: string) =>
      createHmac('sha256', key)
        .update(JSON.stringify([audience, userId]))
        .digest('base64url'),
  }
}

/** Refuses invalid options before the proof is read: with them, the check could pass for any proof. */
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
    help: 'Take userId from your own sign-in: a proof says that a user is approved, and only your sign-in knows which user sent the request.',
  })
}

const invalid = () =>
  new RequestError('proof-invalid', 'The proof does not show that this user is approved in this workflow.', {
    status: 403,
    help: 'Compare secret, application, environment, userId and workflow with those of the companion server.',
  })

const expired = () =>
  new RequestError('proof-expired', 'The proof is too old.', {
    status: 403,
    help: 'Request a new one with POST /sessions/:id/proof just before you send it.',
  })
