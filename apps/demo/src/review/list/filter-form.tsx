import { type FormEvent, useEffect, useId, useRef } from 'react'
import { countries } from '../../../shared/details.ts'
import { named } from '../../../shared/texts/texts.ts'
import { useLanguage } from '../../language.tsx'
import { useDesk } from '../desk.tsx'
import { type Filters, filterNames } from '../desk-client.ts'
import { go, hrefOf } from '../route.ts'
import { Status } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'

const statuses = [
  'In Review',
  'Approved',
  'Declined',
  'Resubmitted',
  'In Progress',
  'Not Started',
  'Abandoned',
  'Expired',
  'Kyc Expired',
] as const

const rare = ['vendor_data', 'workflow', 'date_from', 'date_to', 'country', 'document_type', 'warning'] as const

/** The filters of the list. Those by status are links, the rest is a form; where one is goes into the address. */
export function FilterForm({ filters }: { readonly filters: Filters }) {
  const { client, workflows } = useDesk()
  const texts = useDeskTexts()
  const { list } = texts
  const { language } = useLanguage()
  const id = useId()
  const form = useRef<HTMLFormElement>(null)
  const seen = useRef(filters)
  // The fields hold what is being typed. Of another address only what differs goes into them: the rest may be half a word.
  useEffect(() => {
    for (const name of filterNames) {
      const input = form.current?.elements.namedItem(name)
      const isField = input instanceof HTMLInputElement || input instanceof HTMLSelectElement
      if (isField && filters[name] !== seen.current[name]) input.value = filters[name] ?? ''
    }
    seen.current = filters
  }, [filters])
  const field = (name: keyof Filters) => ({ id: `${id}-${name}`, name, defaultValue: filters[name] ?? '' })
  const chosen = filters.status?.split(',') ?? []
  const at = (next: Filters) => hrefOf({ bank: client.bank, page: 'sessions', filters: next, offset: 0 })
  const { status: _, ...withoutStatus } = filters

  const toggled = (status: string): Filters => {
    const next = chosen.includes(status) ? chosen.filter((it) => it !== status) : [...chosen, status]
    return next.length === 0 ? withoutStatus : { ...filters, status: next.join(',') }
  }

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const entries = filterNames.flatMap((name) => {
      const value = name === 'status' ? filters.status : String(given.get(name) ?? '').trim()
      return value ? [[name, value]] : []
    })
    go({ bank: client.bank, page: 'sessions', filters: Object.fromEntries(entries), offset: 0 })
  }

  const regions = new Intl.DisplayNames([language.locale], { type: 'region' })
  const text = (name: 'vendor_data' | 'date_from' | 'date_to' | 'warning', label: string, type = 'text') => (
    <p>
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input {...field(name)} type={type} autoComplete="off" list={name === 'warning' ? `${id}-risks` : undefined} />
    </p>
  )
  const choice = (
    name: 'workflow' | 'country' | 'document_type',
    label: string,
    options: readonly (readonly [value: string, label: string])[],
  ) => (
    <p>
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <select {...field(name)}>
        <option value="">{list.any}</option>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </p>
  )

  return (
    <>
      <nav className="status-filter" aria-label={list.statusLabel}>
        <a href={at(withoutStatus)} aria-current={chosen.length === 0 ? 'true' : undefined}>
          {list.all}
        </a>
        {statuses.map((status) => (
          <a key={status} href={at(toggled(status))} aria-current={chosen.includes(status) ? 'true' : undefined}>
            <Status status={status} />
          </a>
        ))}
      </nav>
      <search>
        <form ref={form} className="filter" onSubmit={submit}>
          <p className="filter-search">
            <label htmlFor={`${id}-search`}>{list.search}</label>
            <input {...field('search')} type="search" autoComplete="off" />
            <button type="submit" className="button">
              {list.find}
            </button>
          </p>
          <details open={rare.some((name) => filters[name] !== undefined)}>
            <summary>{list.more}</summary>
            <div className="filter-rare">
              {choice(
                'workflow',
                list.workflow,
                Object.keys(workflows).map((alias) => [alias, named(texts.workflows, alias) ?? alias]),
              )}
              {text('date_from', list.from, 'date')}
              {text('date_to', list.to, 'date')}
              {choice(
                'country',
                list.country,
                Object.entries(countries)
                  .map(([two, three]) => [three, regions.of(two) ?? three] as const)
                  .sort(([, one], [, other]) => one.localeCompare(other, language.locale)),
              )}
              {choice('document_type', list.documentType, Object.entries(list.documentTypes))}
              {text('warning', list.warning)}
              {text('vendor_data', list.vendorData)}
              <datalist id={`${id}-risks`}>
                {Object.keys(texts.risks).map((risk) => (
                  <option key={risk} value={risk} />
                ))}
              </datalist>
            </div>
          </details>
          {Object.keys(filters).length > 0 && (
            <a className="filter-clear" href={at({})} onClick={() => form.current?.reset()}>
              {list.clear}
            </a>
          )}
        </form>
      </search>
    </>
  )
}
