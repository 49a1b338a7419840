import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PersonId } from '../../shared/people.ts'
import { getAccount } from '../bank-client.ts'
import { useLanguage, useTexts } from '../language.tsx'

/** The account, from a route that asks the server itself whether this person is verified. */
export function AccountPanel({ person }: { readonly person: PersonId }) {
  const { language } = useLanguage()
  const { account: words } = useTexts()
  const { data, isError } = useQuery({ queryKey: ['bank', person, 'account'], queryFn: () => getAccount(person) })
  const [isCopied, setIsCopied] = useState(false)
  if (!data) return <p className="note">{isError ? words.failed : words.waiting}</p>
  const copy = async () => {
    await navigator.clipboard.writeText(data.iban.replaceAll(' ', ''))
    setIsCopied(true)
  }
  return (
    <section className="passbook" aria-labelledby="account">
      <h2 id="account">{words.title}</h2>
      <dl>
        <div>
          <dt>{words.number}</dt>
          <dd className="iban">{data.iban}</dd>
        </div>
        <div>
          <dt>{words.holder}</dt>
          <dd>{data.holder}</dd>
        </div>
        <div>
          <dt>{words.opened}</dt>
          <dd>{new Date(data.openedAt).toLocaleDateString(language.locale, { dateStyle: 'long' })}</dd>
        </div>
      </dl>
      <div className="actions">
        <button type="button" className="button second" onClick={() => void copy().catch(() => {})}>
          {isCopied ? words.copied : words.copy}
        </button>
      </div>
      <p className="quiet">{words.note}</p>
    </section>
  )
}
