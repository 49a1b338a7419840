import type { BlockKind } from './desk-client.ts'
import type { BlockName } from './rules.ts'

/**
 * Takes an object of Didit's apart for the screen, whichever fields it has: what is new at Didit shows up by itself, and
 * nothing that came is left out.
 */

export type Scalar = string | number | boolean

/** A picture, a film or a file behind a short-lived link. */
export interface Medium {
  readonly name: string
  readonly url: string
  readonly kind: 'image' | 'video' | 'file'
}

export interface Facts {
  readonly media: readonly Medium[]
  readonly values: readonly { readonly name: string; readonly value: Scalar | readonly Scalar[] }[]
  readonly groups: readonly { readonly name: string; readonly facts: Facts }[]
  readonly lists: readonly { readonly name: string; readonly items: readonly Facts[] }[]
  /** The names of the fields that are there and empty. */
  readonly missing: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)

/** Empty all the way down: said in one line, where a row for each would hide what is there. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.every(isEmpty)) ||
  (isFields(value) && Object.values(value).every(isEmpty))

/** Whether a link may be opened: `https:`, or `http:` on this machine, where the emulator is. */
export function isSafeUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, hostname } = new URL(value)
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
}

const endings: readonly (readonly [RegExp, Medium['kind']])[] = [
  [/\.(mp4|webm|mov)$/, 'video'],
  [/\.(jpe?g|png|webp|svg|gif|tiff?)$/, 'image'],
  [/\.(pdf|txt|csv|docx?)$/, 'file'],
]

/** Null: a link to somewhere else, such as the source of an entry on a watch list. */
function mediumOf(name: string, url: string): Medium | null {
  const { pathname } = new URL(url)
  const byEnding = endings.find(([ending]) => ending.test(pathname.toLowerCase()))?.[1]
  if (/video/.test(name)) return { name, url, kind: 'video' }
  // A proof of address is called a document whether it is a photograph or a PDF.
  if (/image|portrait|selfie/.test(name)) return { name, url, kind: 'image' }
  if (/file/.test(name) || byEnding) return { name, url, kind: byEnding ?? 'file' }
  return null
}

/** Takes one object apart. The fields named in `order` come first, those in `omit` are shown elsewhere. */
export function factsOf(item: Fields, order: readonly string[] = [], omit: readonly string[] = []): Facts {
  const media: Medium[] = []
  const values: Facts['values'][number][] = []
  const groups: Facts['groups'][number][] = []
  const lists: Facts['lists'][number][] = []
  const missing: string[] = []

  const names = [...order.filter((name) => Object.hasOwn(item, name)), ...Object.keys(item)]
  for (const name of new Set(names)) {
    const value = item[name]
    if (omit.includes(name)) continue
    if (isEmpty(value)) {
      missing.push(name)
    } else if (isScalar(value)) {
      const medium = isSafeUrl(value) ? mediumOf(name, value) : null
      if (medium) media.push(medium)
      else values.push({ name, value })
    } else if (Array.isArray(value)) {
      const [links, others] = split(value, isSafeUrl)
      const [objects, rest] = split(others, isFields)
      const [scalars, odd] = split(rest, isScalar)
      const plain = [...scalars, ...odd.filter((it) => !isEmpty(it)).map((it) => JSON.stringify(it))]
      for (const url of links as string[]) {
        const medium = mediumOf(name, url)
        if (medium) media.push(medium)
        else plain.push(url)
      }
      if (plain.length > 0) values.push({ name, value: plain })
      if (objects.length > 0) lists.push({ name, items: objects.map((it) => factsOf(it)) })
    } else {
      groups.push({ name, facts: factsOf(value as Fields) })
    }
  }
  return { media, values, groups, lists, missing }
}

function split<Value, Wanted extends Value>(
  values: readonly Value[],
  test: (value: Value) => value is Wanted,
): [Wanted[], Value[]] {
  const wanted: Wanted[] = []
  const others: Value[] = []
  for (const value of values) {
    if (test(value)) wanted.push(value)
    else others.push(value)
  }
  return [wanted, others]
}

/** The fields of a block that a reviewer looks for first. */
export const firstFields: Readonly<Partial<Record<BlockName, readonly string[]>>> = {
  id_verifications: [
    'portrait_image',
    'front_image',
    'back_image',
    'full_name',
    'first_name',
    'last_name',
    'date_of_birth',
    'age',
    'gender',
    'nationality',
    'place_of_birth',
    'document_type',
    'document_number',
    'personal_number',
    'issuing_state_name',
    'date_of_issue',
    'expiration_date',
    'formatted_address',
  ],
  liveness_checks: ['reference_image', 'score', 'method'],
  face_matches: ['source_image', 'target_image', 'score'],
  phone_verifications: ['full_number', 'country_name', 'verified_at'],
  email_verifications: ['email', 'verified_at'],
  poa_verifications: [
    'document_file',
    'name_on_document',
    'poa_formatted_address',
    'document_type',
    'issuer',
    'issue_date',
  ],
  aml_screenings: ['total_hits', 'score', 'screened_data'],
  ip_analyses: ['ip_address', 'ip_country', 'ip_city', 'is_vpn_or_tor', 'is_data_center', 'platform', 'os_family'],
}

/** The fields of the decision itself that have a place of their own on the page. */
export const placedFields = [
  'session_id',
  'session_kind',
  'session_number',
  'session_url',
  'status',
  'environment',
  'workflow_id',
  'features',
  'vendor_data',
  'metadata',
  'expected_details',
  'contact_details',
  'callback',
  'reviews',
  'created_at',
  'expires_at',
]

/** A warning of a check. */
export interface Warning {
  readonly block: BlockName
  readonly risk: string
  readonly level: 'error' | 'warning' | 'information'
  /** Didit's own words. */
  readonly words: string | null
  readonly more: Fields | null
}

const levels = ['error', 'warning', 'information'] as const

/** All warnings of a decision, the gravest first. */
export function warningsOf(decision: Fields, blocks: readonly BlockName[]): Warning[] {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
  return blocks
    .flatMap((block) => {
      const items = Array.isArray(decision[block]) ? (decision[block] as unknown[]) : []
      return items
        .flatMap((item) => (isFields(item) && Array.isArray(item.warnings) ? (item.warnings as unknown[]) : []))
        .filter(isFields)
        .map((warning) => ({
          block,
          risk: text(warning.risk) ?? '',
          // A level that is not known is looked at all the same.
          level: levels.find((level) => level === warning.log_type) ?? 'warning',
          words: text(warning.long_description) ?? text(warning.short_description),
          more: isFields(warning.additional_data) ? warning.additional_data : null,
        }))
    })
    .sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level))
}

/** The name that a decision gives a person or a company; null while none has been read. */
export function nameOf(decision: Fields): string | null {
  const first = (block: string): Fields => {
    const items = decision[block]
    return Array.isArray(items) && isFields(items[0]) ? items[0] : {}
  }
  const expected = isFields(decision.expected_details) ? decision.expected_details : {}
  const names = [
    first('id_verifications').full_name,
    [first('id_verifications').first_name, first('id_verifications').last_name].filter(Boolean).join(' '),
    first('registry_checks').company_name,
    first('poa_verifications').name_on_document,
    [expected.first_name, expected.last_name].filter(Boolean).join(' '),
    expected.company_name,
  ]
  return names.find((name): name is string => typeof name === 'string' && name.trim() !== '') ?? null
}

/** Returns the values that can be blocked, from the newest step of each kind. */
export function blockable(decision: Fields): Readonly<Record<BlockKind, string | null>> {
  const last = (block: string) => {
    const items = decision[block]
    const item = Array.isArray(items) ? items.at(-1) : null
    return isFields(item) ? item : {}
  }
  const contact = isFields(decision.contact_details) ? decision.contact_details : {}
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)
  return {
    face: Array.isArray(decision.liveness_checks) && decision.liveness_checks.length > 0 ? '' : null,
    document: text(last('id_verifications').document_number),
    phone: text(last('phone_verifications').full_number) ?? text(contact.phone),
    email: text(last('email_verifications').email) ?? text(contact.email),
  }
}
