import { fill, named } from '../../shared/texts/texts.ts'
import { DeskError } from './desk-client.ts'
import { useDeskTexts } from './texts/texts.ts'

/** Shows an error in words, with the fields that Didit objected to. */
export function Trouble({ error, lead }: { readonly error: unknown; readonly lead?: string }) {
  const { errors } = useDeskTexts()
  const { code, issues, retryAfterSeconds } =
    error instanceof DeskError ? error : { code: 'other', issues: [], retryAfterSeconds: null }
  // Two of the texts are no codes.
  const text = (code !== 'field' && named(errors, code)) || errors.other
  return (
    <div className="trouble" role="alert">
      <p>
        {lead} {fill(text, { seconds: retryAfterSeconds ?? 5 })}
      </p>
      {issues.length > 0 && (
        <ul>
          {issues.map(({ path, message }) => (
            <li key={`${path} ${message}`}>{path === '' ? message : fill(errors.field, { path, message })}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
