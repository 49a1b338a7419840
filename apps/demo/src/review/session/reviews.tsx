import type { Decision } from '@didit-verify/core/schemas'
import { fill } from '../../../shared/texts/texts.ts'
import { useFormats } from '../formats.ts'
import { statusName } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'

/** Shows the manual changes of the status, with author and comment. */
export function Reviews({ decision }: { readonly decision: Decision }) {
  const texts = useDeskTexts()
  const { session } = texts
  const { moment } = useFormats()
  const reviews = decision.reviews ?? []
  return (
    <section aria-labelledby="reviews">
      <h2 id="reviews">{session.reviewsTitle}</h2>
      {reviews.length === 0 ? (
        <p className="quiet">{session.reviewsNone}</p>
      ) : (
        <ol className="trail">
          {reviews.map((review, index) => (
            <li key={index}>
              <time dateTime={review.created_at ?? undefined}>
                {review.created_at ? moment(review.created_at) : ''}
              </time>
              <span>
                {fill(session.reviewed, {
                  user: review.user ?? '?',
                  status: statusName(texts, review.new_status ?? ''),
                })}
              </span>
              {review.comment && <blockquote>{review.comment}</blockquote>}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
