import type { Snapshot } from '@didit-verify/core'
// Types alone: the schemas themselves stay on the server.
import type { BlocklistItem, Decision } from '@didit-verify/core/schemas'
import type { DeskMe } from '../../server/review/routes.ts'
import { type BankId, banks, type StaffMember } from '../../server/review/staff.ts'
import type { Verdict } from './rules.ts'

/** The staff routes of one bank's companion server, and the desk's own sign-in. */

/** A row of Didit's list: the part of it that the desk reads. Further fields stay in it. */
export interface SessionRow {
  readonly session_id: string
  readonly session_kind?: string | null
  readonly session_number?: number | null
  readonly status: string
  readonly full_name?: string | null
  readonly company_name?: string | null
  readonly portrait_image?: string | null
  readonly document_type?: string | null
  readonly country?: string | null
  readonly vendor_data?: string | null
  readonly created_at?: string | null
  readonly features?: readonly { readonly feature?: string | null; readonly status?: string | null }[] | null
}

export interface ListedSession {
  readonly row: SessionRow
  readonly snapshot: Snapshot | null
  readonly userId: string | null
  readonly workflow: string | null
}

export interface SessionList {
  readonly count: number
  readonly limit: number
  readonly offset: number
  readonly sessions: readonly ListedSession[]
}

/** The names of the list's filters, as the route takes them. */
export const filterNames = [
  'status',
  'search',
  'vendor_data',
  'workflow',
  'date_from',
  'date_to',
  'country',
  'document_type',
  'warning',
] as const

export type Filters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>

export interface DeskEvent {
  readonly id: string
  readonly type: string
  readonly status: string | null
  readonly source: string
  /** Epoch milliseconds, as the next. */
  readonly occurredAt: number | null
  readonly receivedAt: number
  readonly late: boolean
  readonly test: boolean
}

export interface SessionFile {
  readonly decision: Decision
  readonly snapshot: Snapshot | null
  readonly userId: string | null
  readonly workflow: string | null
  readonly events: readonly DeskEvent[]
}

export interface VerdictRequest {
  readonly new_status: Verdict
  readonly comment?: string
  readonly nodes_to_resubmit?: readonly { readonly node_id: string; readonly feature: string }[]
  readonly send_email?: boolean
  readonly email_address?: string
}

export const blockKinds = ['face', 'document', 'phone', 'email'] as const
export type BlockKind = (typeof blockKinds)[number]

export interface Blocklist {
  readonly count: number
  readonly limit: number
  readonly offset: number
  readonly items: readonly BlocklistItem[]
}

export interface ImportRequest {
  readonly share_token: string
  readonly workflow: string
  readonly trust_review: boolean
  readonly vendor_data?: string
}

/** Result of a deletion, which says whether Didit keeps the face. */
export interface Deleted {
  readonly face_retention_outcome?: string | null
}

export interface DeskIssue {
  readonly path: string
  readonly message: string
}

/** An answer that was not the wanted one. `code` is the companion server's; `network`: none came. */
export class DeskError extends Error {
  readonly status: number
  readonly code: string
  readonly issues: readonly DeskIssue[]
  readonly retryAfterSeconds: number | null

  constructor(answer: Response | null, body: unknown) {
    const { code, issues } = (body ?? {}) as { code?: unknown; issues?: unknown }
    super(`The desk's server answered ${answer?.status ?? 'nothing'}.`)
    this.status = answer?.status ?? 0
    this.code = typeof code === 'string' ? code : answer ? 'other' : 'network'
    this.issues = Array.isArray(issues) ? (issues as DeskIssue[]) : []
    this.retryAfterSeconds = Number(answer?.headers.get('retry-after')) || null
  }
}

interface Question {
  readonly method?: string
  readonly body?: unknown
  readonly signal?: AbortSignal
}

async function send(url: string, { method = 'GET', body, signal }: Question): Promise<Response> {
  const answer = await fetch(url, {
    method,
    signal: signal ?? null,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    return null
  })
  if (!answer?.ok) throw new DeskError(answer, await answer?.json().catch(() => null))
  return answer
}

async function ask<Answer>(url: string, question: Question = {}): Promise<Answer> {
  const answer = await send(url, question)
  return (await answer.json().catch(() => {
    throw new DeskError(null, null)
  })) as Answer
}

export const getDeskMe = () => ask<DeskMe>('/bank/review/me')
export const enterDesk = (staff: StaffMember['id']) =>
  ask<DeskMe>('/bank/review/me', { method: 'PUT', body: { staff } })
export const leaveDesk = () => ask<DeskMe>('/bank/review/me', { method: 'DELETE' })
export const fillDesk = () => ask<{ created: number }>('/bank/review/fill', { method: 'POST', body: {} })

/** The calls of one bank's desk. */
export interface DeskClient {
  readonly bank: BankId
  /** URL of the stream of changes. */
  readonly eventsUrl: string
  list(filters: Filters, page: Page, signal: AbortSignal): Promise<SessionList>
  file(sessionId: string, signal: AbortSignal): Promise<SessionFile>
  decide(sessionId: string, verdict: VerdictRequest): Promise<{ snapshot: Snapshot | null }>
  pdf(sessionId: string): Promise<{ blob: Blob; filename: string }>
  share(sessionId: string, applicationId: string, ttlSeconds: number): Promise<{ share_token: string }>
  importShared(request: ImportRequest): Promise<{ decision: Decision; snapshot: Snapshot | null }>
  blocklist(kind: BlockKind | null, page: Page, signal: AbortSignal): Promise<Blocklist>
  block(sessionId: string, kind: BlockKind): Promise<unknown>
  unblock(sessionId: string, kind: BlockKind): Promise<unknown>
  remove(sessionId: string): Promise<{ deleted: Deleted }>
}

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** Creates the calls of one bank. */
export function createDeskClient(bank: BankId): DeskClient {
  const base = banks[bank].staffPath
  const session = (sessionId: string) => `${base}/sessions/${encodeURIComponent(sessionId)}`
  return {
    bank,
    eventsUrl: `${base}/events`,
    list: (filters, page, signal) => ask(`${base}/sessions?${query({ ...filters, ...page })}`, { signal }),
    file: (sessionId, signal) => ask(`${session(sessionId)}/decision`, { signal }),
    decide: (sessionId, body) => ask(`${session(sessionId)}/update-status`, { method: 'POST', body }),
    async pdf(sessionId) {
      const answer = await send(`${session(sessionId)}/pdf`, {})
      const [, filename] = /filename="?([\w.-]+)"?/.exec(answer.headers.get('content-disposition') ?? '') ?? []
      return { blob: await answer.blob(), filename: filename ?? `session_${sessionId}.pdf` }
    },
    share: (sessionId, applicationId, ttlSeconds) =>
      ask(`${session(sessionId)}/share`, {
        method: 'POST',
        body: { for_application_id: applicationId, ttl_in_seconds: ttlSeconds },
      }),
    importShared: (body) => ask(`${base}/import`, { method: 'POST', body }),
    blocklist: (kind, page, signal) => ask(`${base}/blocklist?${query({ item_type: kind, ...page })}`, { signal }),
    block: (session_id, kind) =>
      ask(`${base}/blocklist/add`, { method: 'POST', body: { session_id, [`blocklist_${kind}`]: true } }),
    unblock: (session_id, kind) =>
      ask(`${base}/blocklist/remove`, { method: 'POST', body: { session_id, [`unblock_${kind}`]: true } }),
    remove: (sessionId) => ask(session(sessionId), { method: 'DELETE', body: {} }),
  }
}

function query(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return new URLSearchParams(given).toString()
}
