import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../index.ts'

const running: Emulator[] = []
afterEach(() => {
  for (const emulator of running.splice(0)) emulator.close()
})

async function setUp(body: Record<string, unknown> = {}, environment: 'live' | 'sandbox' = 'live') {
  const events: string[] = []
  const emulator = createEmulator({
    environment,
    apiKey: 'k',
    seed: 1,
    webhookUrl: 'http://receiver.test/',
    fetch: async (request) => {
      events.push((await request.json()).status)
      return new Response()
    },
  })
  running.push(emulator)
  const call = (path: string, init?: RequestInit) => emulator.fetch(new Request(new URL(path, emulator.url), init))
  const answer = await call('/v3/session/', {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
    body: JSON.stringify({ workflow_id: '11111111-2222-3333-4444-555555555555', ...body }),
  })
  const { session_id, session_token, url } = await answer.json()
  const act = (action: string, input: unknown = {}) =>
    call(`/_page/${session_token}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
  const status = () => emulator.control.sessions()[0]?.status
  return { emulator, control: emulator.control, call, act, status, events, url, session_id, session_token }
}

const buttonsOf = (html: string) => [...html.matchAll(/<button name="status" value="([^"]+)">([^<]+)<\/button>/g)]

test('has one button per outcome, with exactly these names', async () => {
  const { call, url } = await setUp()
  const html = await (await call(url)).text()
  expect(buttonsOf(html).map(([, value, text]) => [value, text])).toEqual(
    ['Approved', 'Declined', 'In Review', 'Abandoned', 'Expired'].map((name) => [name, name]),
  )
})

test('opening the page changes nothing', async () => {
  const { call, url, status, control, events } = await setUp()
  await call(url)
  await control.idle()
  expect([status(), events]).toEqual(['Not Started', []])
})

test('starting and finishing sends one webhook each, starting again none', async () => {
  const { act, status, control, events } = await setUp()
  await act('start')
  await act('start')
  expect(status()).toBe('In Progress')
  await act('outcome', { status: 'Declined' })
  await control.idle()
  expect(events).toEqual(['In Progress', 'Declined'])
})

test('an outcome without a start is one webhook', async () => {
  const { act, control, events } = await setUp()
  expect(await (await act('outcome', { status: 'Expired' })).json()).toEqual({
    status: 'Expired',
    reported: 'Expired',
    callbackUrl: null,
    leaves: false,
  })
  await control.idle()
  expect(events).toEqual(['Expired'])
})

test('refuses an outcome for a finished session, an outcome without a button, and an unknown token', async () => {
  const { act, call, status } = await setUp()
  expect((await act('outcome', { status: 'Kyc Expired' })).status).toBe(400)
  expect((await act('outcome', null)).status).toBe(400)
  await act('outcome', { status: 'Approved' })
  expect((await act('outcome', { status: 'Declined' })).status).toBe(409)
  expect((await act('start')).status).toBe(409)
  expect(status()).toBe('Approved')
  const unknown = await call('/_page/no-such-token/outcome', { method: 'POST', body: '{"status":"Approved"}' })
  expect(unknown.status).toBe(409)
})

describe('without JavaScript', () => {
  const choose = async ({ call, session_token }: Awaited<ReturnType<typeof setUp>>, status: string) => {
    const answer = await call(`/_page/${session_token}/outcome`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ status }).toString(),
    })
    expect(answer.status).toBe(303)
    const next = await call(answer.headers.get('location') ?? '')
    return { page: next, html: await next.text() }
  }
  const refreshOf = (html: string) => /<meta http-equiv="refresh" content="([^"]*)">/.exec(html)?.[1] ?? null
  const linkOf = (html: string) => /<a class="button primary" href="([^"]*)">Return<\/a>/.exec(html)?.[1] ?? null
  const callback = 'https://shop.example.com/done?a=1'

  test('hides everything that needs a script, and explains what to do', async () => {
    const { call, url } = await setUp()
    const html = await (await call(url)).text()
    expect(html).toMatch(/<noscript>.*Without JavaScript.*<\/noscript>/s)
    const unscripted = html.replaceAll(/<(section|div|ol)[^>]* hidden>.*?<\/\1>/gs, '')
    expect([...unscripted.matchAll(/<button(?![^>]* hidden)[^>]*>([^<]*)</g)].map(([, name]) => name)).toEqual([
      'Approved',
      'Declined',
      'In Review',
      'Abandoned',
      'Expired',
    ])
  })

  test('the buttons post a form, and the next page redirects to the callback', async () => {
    const opened = await setUp({ callback })
    const { html, page } = await choose(opened, 'In Review')
    const expected = `${callback}&verificationSessionId=${opened.session_id}&status=In+Review`.replaceAll('&', '&amp;')
    expect(opened.status()).toBe('In Review')
    expect(html).toContain('Outcome: In Review')
    expect(linkOf(html)).toBe(expected)
    expect(refreshOf(html)).toBe(`2; url=${expected}`)
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'")
  })

  test('without a callback, the page says that it can be closed, and has no link', async () => {
    const { html } = await choose(await setUp({ language: 'es' }), 'Declined')
    expect(html).toContain('You can close this page.')
    expect([linkOf(html), refreshOf(html)]).toEqual([null, null])
  })

  test('with `pageClaims`, the callback gets the claim and the page shows the real outcome', async () => {
    const opened = await setUp({ callback })
    opened.control.faults({ pageClaims: 'Approved' })
    const { html } = await choose(opened, 'Declined')
    expect(html).toContain('Outcome: Declined')
    expect(linkOf(html)).toContain('status=Approved')
    expect(opened.status()).toBe('Declined')
  })

  test('a second press changes nothing, and shows the finished page with a link but no redirect', async () => {
    const opened = await setUp({ callback })
    await choose(opened, 'Declined')
    const { html } = await choose(opened, 'Approved')
    expect(opened.status()).toBe('Declined')
    expect(html).toContain('This Session is Declined.')
    expect(linkOf(html)).toContain('status=Declined')
    expect(refreshOf(html)).toBeNull()
  })

  test('the page after an outcome shows the buttons if there is no outcome yet, and 404 for an unknown token', async () => {
    const { call, session_token } = await setUp({ callback })
    const open = await call(`/_page/${session_token}/finished`)
    expect(buttonsOf(await open.text())).toHaveLength(5)
    expect((await call('/_page/no-such-token/finished')).status).toBe(404)
    const { page } = await choose({ ...(await setUp()), session_token: 'no-such-token' }, 'Approved')
    expect(page.status).toBe(404)
  })
})

test('a finished session with a callback shows a link to it', async () => {
  const { call, control, url, session_id } = await setUp({ callback: 'https://shop.example.com/?x="y"' })
  control.finish(session_id, 'Expired')
  const html = await (await call(url)).text()
  expect(html).toContain(
    `href="https://shop.example.com/?x=&quot;y&quot;&amp;verificationSessionId=${session_id}&amp;status=Expired"`,
  )
})

test.each([
  ['Approved', 'Already finished'],
  ['In Review', 'Already finished'],
  ['Expired', 'This link has expired'],
] as const)('a session that is %s has a page with a message and no buttons', async (finished, title) => {
  const { call, control, url, session_id } = await setUp()
  control.finish(session_id, finished)
  const answer = await call(url)
  const html = await answer.text()
  expect(answer.status).toBe(200)
  expect(html).toContain(title)
  expect(buttonsOf(html)).toEqual([])
  expect(html).toContain('/_page/page.js')
})

test.each(['In Progress', 'Resubmitted', 'Awaiting User'] as const)(
  'a session that is %s can be continued',
  async (going) => {
    const { call, control, url, session_id } = await setUp()
    control.finish(session_id, going)
    expect(await (await call(url)).text()).toContain('>Continue</button>')
  },
)

test('an unknown token gets a friendly page', async () => {
  const { call } = await setUp()
  const answer = await call('/es/session/not-a-token')
  expect(answer.status).toBe(404)
  expect(await answer.text()).toContain('This link is not known')
})

test('adds its two parameters to the callback, and keeps the existing ones', async () => {
  for (const [callback, expected] of [
    ['https://shop.example.com/done', 'https://shop.example.com/done?'],
    ['https://shop.example.com/done?a=1&b=%20#end', 'https://shop.example.com/done?a=1&b=%20&'],
    ['myapp://done', 'myapp://done?'],
  ] as const) {
    const { act, session_id } = await setUp({ callback })
    const { callbackUrl } = await (await act('outcome', { status: 'In Review' })).json()
    const end = callback.includes('#') ? '#end' : ''
    expect(callbackUrl).toBe(`${expected}verificationSessionId=${session_id}&status=In+Review${end}`)
  }
})

test('with `pageClaims`, the page reports the claim and the server has the real outcome', async () => {
  const { act, control, status, events } = await setUp({ callback: 'https://shop.example.com/' })
  control.faults({ pageClaims: 'Approved' })
  const { reported, callbackUrl } = await (await act('outcome', { status: 'Declined' })).json()
  await control.idle()
  expect(reported).toBe('Approved')
  expect(callbackUrl).toContain('status=Approved')
  expect([status(), events]).toEqual(['Declined', ['Declined']])
})

test('has a policy that allows only its own script and style', async () => {
  const { call, url, control } = await setUp()
  const open = await call(url)
  const html = await open.text()
  const policy = open.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(policy).not.toMatch(/unsafe|frame-ancestors/)
  expect(open.headers.get('x-frame-options')).toBeNull()
  expect(html).not.toMatch(/ on[a-z]+=| style=|<script>/)

  control.faults({ blockFrame: true })
  const blocked = await call(url)
  expect(blocked.headers.get('x-frame-options')).toBe('DENY')
  expect(blocked.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
})

test('escapes the language in its address', async () => {
  const { call, session_token } = await setUp()
  const answer = await call(`/${encodeURIComponent('"><script>')}/session/${session_token}`)
  expect(await answer.text()).not.toContain('"><script>')
})

test.each([
  ['ar', 'rtl'],
  ['fa', 'rtl'],
  ['he', 'rtl'],
  ['he-IL', 'rtl'],
  ['AR', 'rtl'],
  ['es', 'ltr'],
  ['zh-CN', 'ltr'],
  ['pt-BR', 'ltr'],
  // Begins like a right-to-left language, but is not one.
  ['art', 'ltr'],
])('a page in %s runs %s', async (language, direction) => {
  const { call, session_token } = await setUp()
  expect(await (await call(`/${language}/session/${session_token}`)).text()).toContain(`dir="${direction}"`)
})

test('keeps the direction of the language that the session was created with', async () => {
  const { call, act, url, session_token } = await setUp({ language: 'ar' })
  expect(new URL(url).pathname).toBe(`/ar/session/${session_token}`)
  await act('outcome', { status: 'Approved' })
  expect(await (await call(`/_page/${session_token}/finished`)).text()).toContain('dir="rtl"')
})

test('serves its assets with their types', async () => {
  const { call } = await setUp()
  expect((await call('/_page/page.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect((await call('/_page/page.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

const workflowEnding = (ending: string) => ({ workflow_id: `11111111-2222-3333-4444-555555555${ending}` })

test.each([
  ['555', ['choose', 'document', 'document-back', 'selfie']],
  ['556', ['selfie', 'age', 'choose', 'document', 'document-back']],
  ['557', ['selfie']],
  ['558', ['poa']],
  ['559', ['questionnaire']],
  ['55a', ['phone', 'email']],
  ['55b', ['company']],
  ['55c', ['choose', 'document', 'document-back', 'selfie', 'poa', 'phone', 'email', 'questionnaire']],
])('workflow …%s has the screens of its own steps, and every outcome', async (ending, own) => {
  const { call, url } = await setUp({ ...workflowEnding(ending), portrait_image: 'AAAA' })
  const html = await (await call(url)).text()
  const screens = [...html.matchAll(/data-screen="([^"]+)"/g)].map(([, name]) => name)
  expect(screens).toEqual(['start', ...own, 'submit', 'submitted', 'done'])
  expect(buttonsOf(html)).toHaveLength(5)
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const described = [...html.matchAll(/aria-(?:describedby|labelledby)="([^"]+)"/g)].flatMap(
    ([, list]) => list?.split(' ') ?? [],
  )
  expect(described.filter((id) => !ids.includes(id))).toEqual([])
})

test('the decision contains what the person entered', async () => {
  const { act, call, session_id } = await setUp(workflowEnding('55c'))
  await act('start')
  await act('step', { step: 'document_selection', country: 'ESP', type: 'ID' })
  await act('step', { step: 'code', channel: 'phone', address: '+34 600 000 042' })
  const wrong = await act('step', { step: 'phone', code: '1' })
  expect([wrong.status, await wrong.json()]).toEqual([
    200,
    { faults: { 'phone-code': 'That is not the code. It is 123456.' } },
  ])
  expect((await act('step', { step: 'phone', code: '123456' })).status).toBe(200)
  await act('step', { step: 'poa', type: 'GOVERNMENT_ISSUED_DOCUMENT' })
  await act('outcome', { status: 'Approved' })
  const answer = await call(`/v3/session/${session_id}/decision/`, { headers: { 'x-api-key': 'k' } })
  const { id_verifications, phone_verifications, poa_verifications } = await answer.json()
  expect(id_verifications[0]).toMatchObject({ document_type: 'Identity Card', issuing_state: 'ESP' })
  expect(phone_verifications[0]).toMatchObject({ full_number: '+34600000042', verification_attempts: 2 })
  expect(poa_verifications[0]).toMatchObject({ document_type: 'GOVERNMENT_ISSUED_DOCUMENT', issuer: 'Utopian Revenue' })
  expect((await act('step', { step: 'poa', type: 'UTILITY_BILL' })).status).toBe(409)
})

test('after a resubmission request, the page asks only for the requested steps', async () => {
  const { act, call, control, url, session_id } = await setUp(workflowEnding('55c'))
  const screensOf = async () => {
    const html = await (await call(url)).text()
    return [...html.matchAll(/data-screen="([^"]+)"/g)].map(([, name]) => name).slice(1, -3)
  }
  control.finish(session_id, 'Declined')
  const nodes_to_resubmit = [
    { node_id: 'feature_poa_1', feature: 'PROOF_OF_ADDRESS' },
    { node_id: 'feature_face_match_1', feature: 'FACE_MATCH' },
    { node_id: 'feature_aml_1', feature: 'AML' },
  ]
  const answer = await call(`/v3/session/${session_id}/update-status/`, {
    method: 'PATCH',
    headers: { 'x-api-key': 'k', 'content-type': 'application/json' },
    body: JSON.stringify({ new_status: 'Resubmitted', nodes_to_resubmit }),
  })
  expect(answer.status).toBe(200)
  expect(await screensOf()).toEqual(['selfie', 'poa'])
  await act('start')
  expect(await screensOf()).toEqual(['selfie', 'poa'])
})

test('a submitted company waits for its people', async () => {
  const { act, call, status, session_id } = await setUp(workflowEnding('55b'))
  await act('start')
  const nameless = await act('step', { step: 'company', company: '', number: '1' })
  expect(await nameless.json()).toEqual({ faults: { company: 'This field is required.' } })
  await act('step', { step: 'company', company: 'Kites & Co', number: 'K-1' })
  expect(await (await act('submit')).json()).toEqual({ outcome: null })
  expect(status()).toBe('Awaiting User')
  const answer = await call(`/v3/session/${session_id}/decision/`, { headers: { 'x-api-key': 'k' } })
  expect((await answer.json()).registry_checks[0].company.company_name).toBe('Kites & Co')
  expect((await act('outcome', { status: 'Approved' })).status).toBe(200)
})

test('a submitted Session waits for a choice', async () => {
  const { act, status } = await setUp()
  await act('start')
  expect(await (await act('submit')).json()).toEqual({ outcome: null })
  expect(status()).toBe('In Progress')
})

test('with `stayOnPage`, only a link leads to the callback', async () => {
  const { act, control, call, session_token } = await setUp({ callback: 'https://shop.example.com/' })
  control.faults({ stayOnPage: true })
  expect(await (await act('outcome', { status: 'Approved' })).json()).toMatchObject({ leaves: false })
  const html = await (await call(`/_page/${session_token}/finished`)).text()
  expect(html).not.toContain('http-equiv="refresh"')
  expect(html).toContain('href="https://shop.example.com/?verificationSessionId=')
})

test('in the sandbox, a scenario can be chosen until the Session has begun', async () => {
  const sandbox = await setUp({ sandbox_scenario: 'decline_aml_hit' }, 'sandbox')
  const html = await (await sandbox.call(sandbox.url)).text()
  expect(html.match(/<option value="(approve|decline_|review_)/g)).toHaveLength(16)
  expect(html).toMatch(/<option value="decline_aml_hit" selected>/)
  await sandbox.act('start')
  expect(await (await sandbox.call(sandbox.url)).text()).not.toContain('id="scenario"')
  const live = await setUp()
  expect(await (await live.call(live.url)).text()).not.toContain('id="scenario"')
})

test('with a scenario, the Session ends when it is submitted', async () => {
  const { act, control, status, events } = await setUp({ sandbox_scenario: 'review_aml_possible_match' }, 'sandbox')
  await act('start')
  expect(await (await act('submit')).json()).toEqual({
    outcome: { status: 'In Review', reported: 'In Review', callbackUrl: null, leaves: false },
  })
  await control.idle()
  expect([status(), events]).toEqual(['In Review', ['In Progress', 'In Review']])
  expect((await act('submit')).status).toBe(409)
})
