import { createDiditServer, type DiditServer, memoryStorage } from '@didit-verify/server'
import type { SignIn } from '../bank/sign-in.ts'
import { createTerminalLog } from '../terminal-log.ts'
import { type StaffSignIn, toStaff } from './sign-in.ts'

export interface PartnerOptions {
  readonly origin: string
  /** The bank's own key: the emulator's second application has the same with `-partner`. */
  readonly apiKey: string
  readonly webhookSecret: string
  readonly workflowId: string
  readonly diditUrl: string
  /** Signs tickets, which nobody is given here. */
  readonly key: string
  /** The bank's customers, who are nobody here either. */
  readonly signIn: SignIn
  /** In this demonstration the same person sits at both desks. */
  readonly staffSignIn: StaffSignIn
}

const basePath = '/api/partner'
const isForStaff = (request: Request) => new URL(request.url).pathname.startsWith(`${basePath}/staff/`)

/**
 * Lantern Credit, a second bank with a key, a storage and Sessions of its own: what Harbour Bank shares is imported here.
 *
 * It verifies nobody itself, so only its staff routes are of use. What it has imported is Didit's to keep; what this
 * server knows of it may go with the process.
 */
export function createPartner(options: PartnerOptions): DiditServer {
  return createDiditServer({
    apiKey: `${options.apiKey}-partner`,
    webhookSecrets: [options.webhookSecret],
    environment: 'live',
    workflows: { default: options.workflowId },
    // No person can start a Session here. A customer of the other bank is told that this is for staff only.
    authenticate: (request) => (isForStaff(request) ? options.signIn.read(request) : null),
    authorizeStaff: (request) => toStaff(options.staffSignIn.read(request)),
    storage: memoryStorage(),
    ticketSecret: options.key,
    allowedOrigins: [options.origin],
    basePath,
    didit: { baseUrl: options.diditUrl },
    logger: createTerminalLog(),
  })
}
