import { reviewOf } from '../sessions/activity.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import type { PdfLine } from './pdf.ts'

/** The last part of a report: who reviewed the Session, and every status it had. */
export function reportEvents({ activities, history }: StoredSession): PdfLine[] {
  const reviews = activities.map((activity) => {
    const {
      user,
      created_at: at,
      comment,
    } = reviewOf(activity) ?? {
      user: 'Unknown',
      created_at: vendorTime(activity.at),
      comment: activity.comment ?? '',
    }
    const what = activity.newStatus === null ? 'Note' : activity.newStatus
    return { text: `${at}  ${what} by ${user}${comment === '' ? '' : `: ${comment}`}` }
  })
  return [
    { text: 'Reviews', style: 'heading' },
    ...(reviews.length > 0 ? reviews : [{ text: 'None.' }]),
    { text: 'Timeline', style: 'heading' },
    ...history.map(({ status, at }) => ({ text: `${vendorTime(at)}  ${status}` })),
  ]
}
