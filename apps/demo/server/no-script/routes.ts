import { readFileSync } from 'node:fs'
import { isDiditError } from '@didit-verify/core'
import type { DiditServer, Storage } from '@didit-verify/server'
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { detailsFields, emptyDraft } from '../../shared/details.ts'
import { people } from '../../shared/people.ts'
import { getScreenState, isAwaited } from '../../shared/screen-state.ts'
import { acceptedTags, findLanguage, type Language, languageCookie } from '../../shared/texts/languages.ts'
import { type Account, ibanOf } from '../bank/account.ts'
import { readDetails } from '../bank/details.ts'
import type { BankRecords } from '../bank/records.ts'
import type { SignedIn, SignIn } from '../bank/sign-in.ts'
import { detailsPage, identityPage, type Page, readForm, signInPage } from './views.ts'

export interface BasicOptions {
  readonly didit: Pick<DiditServer, 'getStatus'>
  readonly storage: Storage
  readonly signIn: SignIn
  readonly records: BankRecords
  /** Numbers the accounts. */
  readonly key: string
  readonly maxAttempts: number
  /** Deletes all that is known of a user. */
  readonly forget: (userId: string) => Promise<void>
  /** The page around every page, as the build left it. */
  readonly shellPath: string
}

const longestBody = 16_384

/** The whole way without JavaScript, below `/basic`: sign-in, details, Didit and the result, as pages and forms. */
export function basicRoutes(options: BasicOptions): Hono {
  const { didit, storage, signIn, records, key, maxAttempts, forget, shellPath } = options
  const sessions = storage.application('default')
  const app = new Hono()
  const current = (c: Context): SignedIn | null => signIn.read(c.req.raw)

  app.use(async (c, next) => {
    c.header('Cache-Control', 'no-store')
    await next()
  })

  app.get('/', (c) => {
    const signedIn = current(c)
    if (!signedIn) return show(c, signInPage(languageOf(c)))
    return c.redirect(records.get(signedIn.userId) ? '/basic/identity' : '/basic/details')
  })

  app.post('/sign-in', async (c) => {
    const id = (await readBody(c)).get('person')
    const person = people.find((it) => it.id === id)
    if (person) c.header('Set-Cookie', signIn.write(c.req.raw, person.id))
    return c.redirect('/basic', 303)
  })

  app.post('/sign-out', (c) => {
    c.header('Set-Cookie', signIn.write(c.req.raw, null))
    return c.redirect('/basic', 303)
  })

  app.post('/forget', async (c) => {
    const signedIn = current(c)
    if (signedIn) await forget(signedIn.userId)
    c.header('Set-Cookie', signIn.write(c.req.raw, null))
    return c.redirect('/basic', 303)
  })

  app.get('/details', (c) => {
    const signedIn = current(c)
    if (!signedIn) return c.redirect('/basic')
    const hasDetails = records.get(signedIn.userId) !== null
    const view = { person: signedIn.person, draft: emptyDraft, faults: {}, hasDetails }
    return show(c, detailsPage(languageOf(c), view))
  })

  app.post('/details', async (c) => {
    const signedIn = current(c)
    if (!signedIn) return c.redirect('/basic', 303)
    const read = readDetails(readForm(await readBody(c), detailsFields))
    if (read.kind === 'foreign') return c.redirect('/basic/details', 303)
    if (read.kind === 'faulty') {
      const { draft, faults } = read
      const hasDetails = records.get(signedIn.userId) !== null
      return show(c, detailsPage(languageOf(c), { person: signedIn.person, draft, faults, hasDetails }), 422)
    }
    await records.put(signedIn.userId, read.details)
    return c.redirect('/basic/identity', 303)
  })

  app.get('/identity', async (c) => {
    const signedIn = current(c)
    if (!signedIn) return c.redirect('/basic')
    if (!records.get(signedIn.userId)) return c.redirect('/basic/details')
    // Like a message of the hosted page: that the person comes back says that a result is due, never which.
    const isSubmitted = c.req.query('back') === 'yes'
    const { record, account, trouble } = await look(signedIn)
    const session = record && {
      status: record.status,
      phase: record.phase,
      settled: record.settled,
      canRetry: record.attempt < maxAttempts,
    }
    const screenState = getScreenState({ session, isSubmitted, trouble })
    const isRefreshed = isAwaited(screenState) || screenState === 'down'
    // Checks of another status than the present one would say what is no longer so.
    const decision = record?.decision?.status === record?.status ? (record?.decision ?? null) : null
    const view = { person: signedIn.person, screenState, decision, account, isRefreshed }
    return show(c, identityPage(languageOf(c), view), screenState === 'down' ? 503 : 200)
  })

  /** Returns the server's state for a person, or the error when it is unknown for now. */
  async function look({ userId, person }: SignedIn) {
    try {
      const { sessionId, phase, settled, verified, decidedAt } = await didit.getStatus(userId)
      const stored = sessionId === null ? null : await sessions.getSession(sessionId)
      const account: Account | null = verified
        ? { holder: person.name, iban: ibanOf(userId, key), openedAt: decidedAt ?? 0 }
        : null
      return { record: stored && { ...stored, phase, settled }, account, trouble: undefined }
    } catch (error) {
      return { record: null, account: null, trouble: isDiditError(error) ? error.code : 'internal' }
    }
  }

  function show(c: Context, { title, body, refreshSeconds }: Page, status: 200 | 422 | 503 = 200) {
    const language = languageOf(c)
    if (c.req.query('lang'))
      c.header('Set-Cookie', `${languageCookie}=${language.tag}; Path=/; Max-Age=31536000; SameSite=Lax`)
    const refresh = refreshSeconds ? html`<meta http-equiv="refresh" content="${refreshSeconds}" />` : ''
    const parts: Readonly<Record<string, string>> = {
      'lang="en" dir="ltr"': `lang="${language.tag}" dir="${language.dir}"`,
      '{title}': String(html`${title} · ${language.texts.bank}`),
      '<!--refresh-->': String(refresh),
      '<!--page-->': String(body),
    }
    // Read anew each time: a build may have come between, and with it other names of the style sheets.
    const shell = readFileSync(shellPath, 'utf8')
    return c.html(
      shell.replaceAll(/lang="en" dir="ltr"|\{title\}|<!--refresh-->|<!--page-->/g, (part) => parts[part] ?? ''),
      status,
    )
  }

  return app
}

function languageOf(c: Context): Language {
  const cookie = (c.req.header('cookie') ?? '')
    .split(';')
    .map((part) => part.trim().split('=', 2))
    .find(([name]) => name === languageCookie)?.[1]
  return findLanguage([c.req.query('lang'), cookie, ...acceptedTags(c.req.header('accept-language'))])
}

async function readBody(c: Context): Promise<URLSearchParams> {
  const isForm = /^application\/x-www-form-urlencoded\b/.test(c.req.header('content-type') ?? '')
  const isShort = Number(c.req.header('content-length') ?? Number.NaN) <= longestBody
  return new URLSearchParams(isForm && isShort ? await c.req.text() : '')
}
