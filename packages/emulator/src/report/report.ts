import { itemsOf } from '../decision/view.ts'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { blockOfFeature } from '../sessions/feature-names.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { reportEvents } from './events.ts'
import { type PdfLine, writePdf } from './pdf.ts'

/**
 * Writes the PDF report of a Session: its decision as text, without pictures.
 *
 * @see Didit docs, "Generate PDF": https://docs.didit.me/sessions-api/generate-pdf
 */

const heading = (text: string): PdfLine => ({ text, style: 'heading' })

/** Converts a field name such as `date_of_birth` to `Date of birth`. */
const label = (field: string) => {
  const words = field.replaceAll('_', ' ')
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
}

/** Tells whether a value goes into the report. Links do not, because they expire. */
const isPlain = (value: Json) =>
  value !== null && value !== '' && typeof value !== 'object' && !/^https?:/.test(String(value))

const facts = (block: JsonObject): PdfLine[] =>
  Object.entries(block)
    .filter(([field, value]) => field !== 'node_id' && isPlain(value))
    .map(([field, value]) => ({ text: `${label(field)}: ${String(value)}` }))

const warningsOf = (check: JsonObject): PdfLine[] =>
  itemsOf(check, 'warnings').map(({ risk, log_type: type, short_description: text }) => ({
    text: `Warning (${String(type)}): ${String(risk)}. ${String(text ?? '')}`,
  }))

/** Returns the answers to a questionnaire. */
const answersOf = (check: JsonObject): PdfLine[] =>
  itemsOf(check, 'sections').flatMap((section) =>
    itemsOf(section, 'items').map(({ title, answer }) => {
      const given = isObject(answer) ? (answer.text ?? answer.value ?? null) : null
      return { text: `${String(title)}: ${given === null ? '-' : String(given)}` }
    }),
  )

/** Writes the report of a Session from its decision. */
export function writeReport(session: StoredSession, decision: JsonObject): Uint8Array<ArrayBuffer> {
  const blocks = [...new Set(Object.values(blockOfFeature))]
  const title = `Verification report: session ${session.sessionNumber}`
  return writePdf(title, [
    { text: title, style: 'title' },
    { text: 'Created by the Didit emulator. All data is invented.' },
    heading('Session'),
    { text: `Status: ${session.status}` },
    { text: `Session ID: ${session.sessionId}` },
    { text: `Workflow: ${session.workflow.label} (${session.workflow.workflowId})` },
    { text: `Vendor data: ${session.request.vendorData ?? '-'}` },
    { text: `Created at: ${String(decision.created_at)}` },
    ...blocks.flatMap((block) =>
      itemsOf(decision, block).flatMap((check) => [
        heading(label(block)),
        ...facts(check),
        ...answersOf(check),
        ...warningsOf(check),
      ]),
    ),
    ...reportEvents(session),
  ])
}
