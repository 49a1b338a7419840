import { reviewOf } from '../sessions/activity.ts'
import { type StoredSession, vendorTime } from '../sessions/sessions.ts'
import type { PdfLine } from './pdf.ts'

/** Returns the last part of a report: the reviews of the Session, and all its statuses. */
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
    const title = activity.newStatus === null ? 'Note' : activity.newStatus
    return { text: `${at}  ${title} by ${user}${comment === '' ? '' : `: ${comment}`}` }
  })
  return [
    { text: 'Reviews', style: 'heading' },
    ...(reviews.length > 0 ? reviews : [{ text: 'None.' }]),
    { text: 'Timeline', style: 'heading' },
    ...history.map(({ status, at }) => ({ text: `${vendorTime(at)}  ${status}` })),
  ]
}
