import { itemsOf } from '../decision/view.ts'
import { isObject, type Json, type JsonObject } from '../runtime/json.ts'
import { blockOfFeature } from '../sessions/feature-names.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { reportEvents } from './events.ts'
import { type PdfLine, writePdf } from './pdf.ts'

/**
 * The PDF report of a Session: what its decision says, in words and without pictures.
 *
 * @see Didit docs, "Generate PDF": https://docs.didit.me/sessions-api/generate-pdf
 */

const heading = (text: string): PdfLine => ({ text, style: 'heading' })

/** `date_of_birth` as a person would write it. */
const label = (field: string) => {
  const words = field.replaceAll('_', ' ')
  return `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
}

/** Links lead to pictures that will be gone; the report has no use for them. */
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

/** What was answered to a questionnaire, question by question. */
const answersOf = (check: JsonObject): PdfLine[] =>
  itemsOf(check, 'sections').flatMap((section) =>
    itemsOf(section, 'items').map(({ title, answer }) => {
      const said = isObject(answer) ? (answer.text ?? answer.value ?? null) : null
      return { text: `${String(title)}: ${said === null ? '-' : String(said)}` }
    }),
  )

/** Writes the report of a Session from its decision. */
export function writeReport(session: StoredSession, decision: JsonObject): Uint8Array<ArrayBuffer> {
  const blocks = [...new Set(Object.values(blockOfFeature))]
  const title = `Verification report: session ${session.sessionNumber}`
  return writePdf(title, [
    { text: title, style: 'title' },
    { text: 'Made by the Didit emulator. Nothing in it is real.' },
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
