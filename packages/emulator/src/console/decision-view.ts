import { html } from 'hono/html'
import { isObject, type Json, type JsonObject, writeJson } from '../runtime/json.ts'
import { badge, type Html } from './layout.ts'

/** Titles of the blocks of a decision, in the order of the page. */
const titles: Readonly<Record<string, string>> = {
  id_verifications: 'Document',
  nfc_verifications: 'Chip',
  liveness_checks: 'Liveness and age',
  face_matches: 'Face match',
  phone_verifications: 'Phone',
  email_verifications: 'Email',
  poa_verifications: 'Proof of address',
  document_ai_documents: 'Documents',
  questionnaire_responses: 'Questionnaire',
  aml_screenings: 'Screening',
  ip_analyses: 'Device and network',
  database_validations: 'Registry',
  registry_checks: 'Company register',
  document_verifications: 'Company documents',
  key_people_checks: 'Key people',
}

const words = (name: string) => name.replaceAll('_', ' ')
const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
/** Tells whether a value has no content. Empty values are not shown. */
const isEmpty = (value: Json) =>
  value === null ||
  value === '' ||
  (isList(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0)

function field(value: Json): Html | string {
  if (isList(value)) {
    return html`<dl>${value.map((item, index) => html`<div><dt>${index + 1}</dt><dd>${field(item)}</dd></div>`)}</dl>`
  }
  if (isObject(value)) return fields(value, [])
  return typeof value === 'string' ? value : writeJson(value)
}

const fields = (value: JsonObject, hidden: readonly string[]): Html => html`<dl>
  ${Object.entries(value)
    .filter(([name, member]) => !isEmpty(member) && !hidden.includes(name))
    .map(([name, member]) => html`<div><dt>${words(name)}</dt><dd>${field(member)}</dd></div>`)}
</dl>`

function warningsOf({ warnings = null }: JsonObject): Html {
  const list = isList(warnings) ? warnings.filter(isObject) : []
  if (list.length === 0) return ''
  return html`<ul class="warnings">
    ${list.map(
      ({ risk, log_type: type, short_description: text }) =>
        html`<li class="${String(type)}"><code>${String(risk)}</code> (${String(type)}) ${String(text ?? '')}</li>`,
    )}
  </ul>`
}

/** Creates the pictures of one check. It skips links to other servers, because the console loads nothing from them. */
function picturesOf(item: JsonObject, mediaUrl: string): Html {
  const pictures = Object.entries(item).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].startsWith(mediaUrl),
  )
  if (pictures.length === 0) return ''
  return html`<div class="pictures">
    ${pictures.map(([name, address]) => html`<img src="${address.slice(new URL(address).origin.length)}" alt="${words(name)}" loading="lazy">`)}
  </div>`
}

/** Creates the list of a decision's checks, each with its status, warnings, pictures and fields. */
export function checksOf(decision: JsonObject, url: string): Html {
  const checks = Object.entries(titles).flatMap(([block, title]) => {
    const items = decision[block] ?? null
    return isList(items) ? items.filter(isObject).map((item) => ({ title, item })) : []
  })
  if (checks.length === 0) return html`<p class="hint">There are no checks yet.</p>`
  return html`<ul class="rows">
    ${checks.map(
      ({ title, item }) => html`<li class="row">
        <h3>${title}</h3>
        ${typeof item.status === 'string' ? badge(item.status) : ''}
        <div class="notes">${warningsOf(item)}${picturesOf(item, `${url}/media/`)}</div>
        <details><summary>All fields</summary>${fields(item, ['warnings', 'status'])}</details>
      </li>`,
    )}
  </ul>`
}

/** Formats JSON with indentation. */
export const pretty = (value: Json): string => JSON.stringify(JSON.parse(writeJson(value)), null, 2)
