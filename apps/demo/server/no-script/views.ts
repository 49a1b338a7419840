import type { RedactedDecision } from '@didit-verify/core'
import { html, raw } from 'hono/html'
import { countryNames } from '../../shared/country-names.ts'
import {
  type DetailsDraft,
  type DetailsField,
  type DetailsName,
  detailsNames,
  type Faults,
} from '../../shared/details.ts'
import { toMarkup } from '../../shared/drawing.ts'
import { type IllustrationName, illustrations } from '../../shared/illustrations.ts'
import { type Person, people } from '../../shared/people.ts'
import { isAwaited, type ScreenState, screenStates } from '../../shared/screen-state.ts'
import { signalFlags } from '../../shared/signal-flags.ts'
import { faultText } from '../../shared/texts/fault-text.ts'
import { type Language, languages } from '../../shared/texts/languages.ts'
import { fill, named } from '../../shared/texts/texts.ts'
import type { Account } from '../bank/account.ts'

/**
 * The bank's pages as markup, for browsers without JavaScript: the same words, drawings and style sheet as the app.
 * Everything that is put into a page is escaped by `html`; what is `raw` is drawn by us.
 */

export type Markup = ReturnType<typeof html>

/** A page without the shell that the build made. */
export interface Page {
  readonly title: string
  readonly body: Markup
  /** Seconds after which the browser shall ask anew. */
  readonly refreshSeconds?: number
}

interface PageFrame {
  readonly scene: IllustrationName
  readonly step: 0 | 1 | 2
  readonly title: string
  readonly lead: string
  readonly signal: string
  readonly below?: Markup | ''
}

function pageFrame(language: Language, { scene, step, title, lead, signal, below = '' }: PageFrame): Markup {
  const { steps } = language.texts
  const passage = [steps.details, steps.verify, steps.account].map((label, index) => {
    const state = index < step ? 'done' : index === step ? 'current' : 'later'
    return html`<li data-state="${state}" ${index === step ? raw('aria-current="step"') : ''}>
      <span class="buoy" aria-hidden="true">${index < step ? '✓' : index + 1}</span>
      <span>${label}${index < step ? html`<span class="unseen"> (${steps.done})</span>` : ''}</span>
    </li>`
  })
  return html`<section class="page-frame" aria-labelledby="page-title">
      <div class="page-words">
        <h1 id="page-title">${title}</h1>
        <p class="lead">${lead}</p>
        ${below}
      </div>
      <div class="view">
        <svg class="scene" viewBox="0 0 720 420" aria-hidden="true">${raw(toMarkup(illustrations[scene]))}</svg>
      </div>
    </section>
    <div class="water">
      <ol class="passage" aria-label="${steps.label}">${passage}</ol>
      <p class="signal">${signal}</p>
    </div>`
}

function frame(language: Language, person: Person | null, path: string, content: Markup): Markup {
  const { texts } = language
  return html`<a class="skip" href="#content">${texts.skip}</a>
    <header class="banner">
      <a class="brand" href="/basic">
        <svg class="flag" viewBox="0 0 60 48" aria-hidden="true">${raw(toMarkup(signalFlags.H))}</svg>
        <span><b>${texts.bank}</b> <small>${texts.fictional}</small></span>
      </a>
      ${
        person
          ? html`<div class="person">
              <span>${person.name}</span>
              <form method="post" action="/basic/sign-out"><button class="link">${texts.signOut}</button></form>
            </div>`
          : ''
      }
    </header>
    <main id="content" tabindex="-1">${content}</main>
    <footer class="footer">
      <p>${texts.footer}</p>
      <nav class="choice" aria-label="${texts.language}">
        ${languages.map(
          ({ tag, name }) =>
            html`<a href="${path}?lang=${tag}" lang="${tag}" ${tag === language.tag ? raw('aria-current="true"') : ''}>${name}</a>`,
        )}
      </nav>
      ${
        person
          ? html`<form method="post" action="/basic/forget"><button class="link">${texts.forget.open}</button></form>`
          : ''
      }
      <p><a href="/plain.html">${texts.plainLink}</a></p>
    </footer>`
}

export function signInPage(language: Language): Page {
  const { signIn } = language.texts
  const choices = html`<form class="actions" method="post" action="/basic/sign-in">
    ${people.map(
      ({ id, name }) =>
        html`<button class="button" name="person" value="${id}">${fill(signIn.choose, { name })}</button>`,
    )}
  </form>`
  const why = html`<div class="deck"><section class="note"><h2>${signIn.whyTitle}</h2><p>${signIn.why}</p></section></div>`
  const top = pageFrame(language, { ...signIn, scene: 'berths', step: 0, below: choices })
  return { title: signIn.title, body: frame(language, null, '/basic', html`${top}${why}`) }
}

export interface DetailsView {
  readonly person: Person
  readonly draft: DetailsDraft
  readonly faults: Faults
  readonly hasDetails: boolean
}

export function detailsPage(language: Language, { person, draft, faults, hasDetails }: DetailsView): Page {
  const { texts } = language
  const words = texts.details
  const wrong = detailsNames.filter((name) => faults[name])
  const first = wrong[0]

  // As words: of a boolean nothing would be written.
  const isFaulty = (name: DetailsName) => String(faults[name] !== undefined)
  const notes = (name: DetailsName) => {
    const hint = named(words.hints, name)
    return html`${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}${
      faults[name] ? html`<p class="fault" id="${name}-fault">${faultText(texts, name, faults[name])}</p>` : ''
    }`
  }
  // Ids of our own making, so nothing in here needs an escape.
  const about = (name: DetailsName, isFirst = true) => {
    const ids = [named(words.hints, name) && `${name}-hint`, faults[name] && `${name}-fault`].filter(Boolean)
    return raw(
      [
        'required',
        `aria-invalid="${faults[name] !== undefined}"`,
        ids.length > 0 ? `aria-describedby="${ids.join(' ')}"` : '',
        isFirst && name === first ? 'autofocus' : '',
      ].join(' '),
    )
  }
  const text = (
    name: Exclude<DetailsName, 'birthDate' | 'country'>,
    autocomplete: string,
    type = 'text',
    isWide = false,
  ) =>
    html`<div class="cell" data-wide="${String(isWide)}" data-faulty="${isFaulty(name)}">
      <label for="${name}">${words.labels[name]}</label>
      <input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}" value="${draft[name]}" ${about(name)} />
      ${notes(name)}
    </div>`
  const part = (field: 'birthDay' | 'birthMonth' | 'birthYear', autocomplete: string, length: number) =>
    html`<div>
      <label for="${field}">${words.labels[field]}</label>
      <input id="${field}" name="${field}" inputmode="numeric" maxlength="${length}" data-length="${length}"
        autocomplete="${autocomplete}" value="${draft[field]}" ${about('birthDate', field === 'birthDay')} />
    </div>`

  const form = html`<form class="papers" method="post" action="/basic/details" novalidate>
    ${
      hasDetails
        ? html`<div class="note"><p><b>${words.keptTitle}</b> ${words.kept}</p>
            <p><a href="/basic/identity">${words.goOn}</a></p></div>`
        : ''
    }
    ${
      wrong.length > 0
        ? html`<section class="faults" role="alert" aria-labelledby="faults-title">
            <h2 id="faults-title">
              ${fill(wrong.length === 1 ? words.faultsTitle.one : words.faultsTitle.many, { count: wrong.length })}
            </h2>
            <ul>
              ${wrong.map(
                (name) =>
                  html`<li><a href="#${name === 'birthDate' ? 'birthDay' : name}">${faultText(texts, name, faults[name])}</a></li>`,
              )}
            </ul>
          </section>`
        : ''
    }
    <fieldset>
      <legend>${words.legendPerson}</legend>
      <div class="cells">
        ${text('firstName', 'given-name')}${text('lastName', 'family-name')}
        <fieldset class="cell" data-faulty="${isFaulty('birthDate')}">
          <legend>${words.labels.birthDate}</legend>
          <div class="date">
            ${part('birthDay', 'bday-day', 2)}${part('birthMonth', 'bday-month', 2)}${part('birthYear', 'bday-year', 4)}
          </div>
          ${notes('birthDate')}
        </fieldset>
        ${text('email', 'email', 'email')}
      </div>
    </fieldset>
    <fieldset>
      <legend>${words.legendHome}</legend>
      <div class="cells">
        ${text('street', 'street-address', 'text', true)}${text('postalCode', 'postal-code')}${text('city', 'address-level2')}
        <div class="cell" data-faulty="${isFaulty('country')}">
          <label for="country">${words.labels.country}</label>
          <select id="country" name="country" autocomplete="country" ${about('country')}>
            <option value="">${words.chooseCountry}</option>
            ${countryNames(language.locale).map(
              ({ code, name }) =>
                html`<option value="${code}" ${draft.country === code ? raw('selected') : ''}>${name}</option>`,
            )}
          </select>
          ${notes('country')}
        </div>
      </div>
    </fieldset>
    <button class="button">${words.submit}</button>
  </form>`
  const why = html`<aside class="note"><h2>${words.whyTitle}</h2><ul>${words.why.map((line) => html`<li>${line}</li>`)}</ul></aside>`
  const top = pageFrame(language, { ...words, scene: 'papers', step: 0 })
  const title = wrong.length > 0 ? `${texts.details.faultsTitle.one}: ${words.title}` : words.title
  return { title, body: frame(language, person, '/basic/details', html`${top}<div class="deck">${form}${why}</div>`) }
}

export interface IdentityView {
  readonly person: Person
  readonly screenState: ScreenState
  readonly decision: RedactedDecision | null
  readonly account: Account | null
  readonly isRefreshed: boolean
}

const refreshSeconds = 5

export function identityPage(language: Language, view: IdentityView): Page {
  const { screenState, person } = view
  const { texts } = language
  const words = texts.screenStates[screenState]
  const { scene, step } = screenStates[screenState]
  const top = pageFrame(language, { ...words, scene, step, below: nextStep(language, view) })
  const body = html`${top}<div class="deck">${below(language, view)}</div>`
  return {
    title: words.title,
    body: frame(language, person, '/basic/identity', body),
    ...(view.isRefreshed ? { refreshSeconds } : {}),
  }
}

/** The way to Didit: a form, that its server answers with the address of the hosted page. */
const startForm = (
  language: Language,
  label: string,
  look = 'button',
) => html`<form method="post" action="/api/didit/start">
  <input type="hidden" name="language" value="${language.tag}" />
  <input type="hidden" name="returnTo" value="/basic/identity?back=yes" />
  <button class="${look}">${label}</button>
</form>`

function nextStep(language: Language, { screenState, decision }: IdentityView): Markup | '' {
  const { actions, basic, checks, contactAddress } = language.texts
  const wanted = (decision?.checks ?? []).flatMap(({ kind, status }) =>
    status === 'Resub Requested' ? (named(checks.wanted, kind) ?? []) : [],
  )
  switch (screenStates[screenState].next) {
    case 'resume':
      return screenState === 'resubmit'
        ? html`<ul class="wanted">${[...new Set(wanted)].map((line) => html`<li>${line}</li>`)}</ul>
            <div class="actions">${startForm(language, actions.resume)}</div>`
        : ''
    case 'retry':
      return html`<div class="actions">${startForm(language, actions.retry)}</div>`
    case 'contact':
      return html`<p class="actions"><a class="button" href="mailto:${contactAddress}">${actions.contact}</a></p>`
    case 'check':
    case 'again':
      return html`<div class="actions">
          <a class="button second" href="/basic/identity?back=yes">${basic.update}</a>
          ${screenState === 'checking' ? startForm(language, actions.resume, 'link') : ''}
        </div>
        <p class="quiet">${basic.updates}</p>`
    default:
      return ''
  }
}

function below(language: Language, { screenState, decision, account }: IdentityView): Markup | '' {
  const { texts } = language
  const list = ({ title, items }: { title: string; items: readonly string[] }, more: Markup | '' = '') =>
    html`<section class="note"><h2>${title}</h2><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>${more}</section>`
  const edit = html`<a class="quiet" href="/basic/details">${texts.details.edit}</a>`
  if (screenState === 'ready' || screenState === 'unfinished') {
    const label = screenState === 'ready' ? texts.basic.start : texts.actions.resume
    return html`<didit-verify lang="${language.tag}">${startForm(language, label)}</didit-verify>${list(texts.readyList, edit)}`
  }
  if (screenState === 'review') return list(texts.reviewList)
  if (screenState === 'approved')
    return html`${account ? passbook(language, account) : ''}${checkLog(language, decision)}`
  if (screenState === 'declined' || screenState === 'declinedFinal') return checkLog(language, decision)
  if (isAwaited(screenState)) return list(texts.waitingList)
  return screenStates[screenState].next === 'retry' || screenState === 'resubmit'
    ? list(texts.readyList, edit)
    : list(texts.helpList)
}

function passbook({ locale, texts }: Language, { holder, iban, openedAt }: Account): Markup {
  const words = texts.account
  const day = new Date(openedAt).toLocaleDateString(locale, { dateStyle: 'long' })
  return html`<section class="passbook">
    <h2>${words.title}</h2>
    <dl>
      <div><dt>${words.number}</dt><dd class="iban">${iban}</dd></div>
      <div><dt>${words.holder}</dt><dd>${holder}</dd></div>
      <div><dt>${words.opened}</dt><dd>${day}</dd></div>
    </dl>
    <p class="quiet">${words.note}</p>
  </section>`
}

function checkLog({ texts }: Language, decision: RedactedDecision | null): Markup {
  const { checks: words } = texts
  const checks = (decision?.checks ?? []).filter(({ kind }) => named(words.kinds, kind))
  if (checks.length === 0) return html`<p class="note">${words.noReason}</p>`
  return html`<section class="log">
    <h2>${words.title}</h2>
    <ul>
      ${checks.map(
        ({ kind, status, reasons }) => html`<li data-state="${status}">
          <span class="log-name">${named(words.kinds, kind)}</span>
          <span class="log-state">${named(words.states, status) ?? status}</span>
          ${reasons.flatMap((reason) => named(words.reasons, reason) ?? []).map((text) => html`<p>${text}</p>`)}
        </li>`,
      )}
    </ul>
  </section>`
}

/** The fields of the form, as `detailsPage` names them. */
export const readForm = (form: URLSearchParams, fields: readonly DetailsField[]): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [field, form.get(field) ?? '']))
