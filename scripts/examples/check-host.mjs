// Talks to a running host as a browser and as Didit would, and throws at the first answer that is wrong.
const origin = 'https://app.example.com'
const asUser = { 'x-user': 'user-42', origin }

/** Resolves when the host answers, or rejects when its process has ended or the time is over. */
async function untilReady(url, host) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (host.hasEnded()) throw new Error('The process ended before it answered.')
    const answer = await fetch(`${url}/api/didit/health/ready`).catch(() => null)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('The host was not ready after 60 seconds.')
}

async function expectStatus(answer, status, what) {
  if (answer.status !== status) {
    throw new Error(`${what}: ${answer.status} instead of ${status}. ${(await answer.text()).slice(0, 500)}`)
  }
  return answer
}

/** Opens a stream and returns functions that watch it. */
async function openStream(url, ticket) {
  const answer = await expectStatus(
    await fetch(url, { headers: { origin, authorization: `Bearer ${ticket}` } }),
    200,
    'GET /sessions/:id/events',
  )
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  let hasEnded = false
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += value
    }
  })()
  reading
    .catch(() => {})
    .finally(() => {
      hasEnded = true
    })
  return {
    async waitFor(part) {
      for (const end = Date.now() + 15_000; Date.now() < end; ) {
        if (text.includes(part)) return
        if (hasEnded) throw new Error(`The stream ended without ${part}: ${text.slice(-500)}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`The stream did not show ${part} within 15 seconds: ${text.slice(-500)}`)
    },
    async staysOpen(ms) {
      await new Promise((resolve) => setTimeout(resolve, ms))
      if (hasEnded) throw new Error(`The stream was cut within ${ms} ms.`)
    },
    close: () => reader.cancel().catch(() => {}),
  }
}

/**
 * Checks a host: its own JSON route, a start, the stream, a signed webhook and a forged one.
 *
 * @param options.url - Address of the host.
 * @param options.emulator - The emulator that the host uses. Its webhooks go to the host.
 * @param options.quietStreamMs - How long the stream must stay open without an event.
 */
export async function checkHost({ url, host, emulator, hasJsonRoute = true, quietStreamMs = 0 }) {
  await untilReady(url, host)
  const json = { method: 'POST', headers: { ...asUser, 'content-type': 'application/json' } }
  const order = async () => {
    if (!hasJsonRoute) return
    const answer = await fetch(`${url}/api/orders`, { ...json, body: '{"item":"tea"}' })
    // NestJS answers a POST with 201.
    const status = answer.status === 201 ? 201 : 200
    const { ordered } = await (await expectStatus(answer, status, 'POST /api/orders of the host')).json()
    if (ordered !== 'tea') throw new Error(`The JSON route of the host got ${ordered} instead of "tea".`)
  }
  await order()

  const started = await fetch(`${url}/api/didit/sessions`, { ...json, body: '{}' })
  const { session, ticket } = await (await expectStatus(started, 201, 'POST /sessions')).json()
  const stream = await openStream(`${url}/api/didit/sessions/${session.sessionId}/events`, ticket)
  try {
    await stream.waitFor('event: snapshot')
    await stream.staysOpen(quietStreamMs)
    const forged = await fetch(`${url}/api/didit/webhook`, { ...json, body: '{"status":"Approved"}' })
    await expectStatus(forged, 401, 'a webhook without a signature')
    await emulator.finish(session.sessionId, 'Approved')
    await emulator.waitForDelivery({ sessionId: session.sessionId, status: 'Approved' })
    await stream.waitFor('"status":"Approved"')
  } finally {
    await stream.close()
  }
  await order()
}
