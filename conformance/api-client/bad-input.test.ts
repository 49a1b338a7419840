import { createDiditApi, isDiditError } from '@didit-verify/server'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../scripts/property-runs.ts'
import { calls, required } from './calls.ts'
import { guid, notGuid } from './values.ts'

/** Checks that the client sends no request for input that it can know to be wrong, and that the error names the field. */

type Body = Record<string, unknown>

function createCountingClient() {
  let sent = 0
  const api = createDiditApi({
    apiKey: 'k',
    baseUrl: 'http://localhost:9',
    fetch: async () => {
      sent += 1
      return Response.json({ detail: 'Asked.' }, { status: 400 })
    },
  })
  return { api, sent: () => sent }
}

/** Returns the body with one field replaced at any depth. Creates the objects on the way to it. */
function withField(body: Body, path: string, value: unknown): Body {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...body, [name]: value }
  if (rest[0] !== '0') return { ...body, [name]: withField((body[name] ?? {}) as Body, rest.join('.'), value) }
  const [first, ...others] = (body[name] ?? []) as unknown[]
  const inner = rest.slice(1)
  const whole = { node_id: 'feature_ocr', feature: 'OCR', ...(first as Body) }
  return { ...body, [name]: [inner.length === 0 ? value : withField(whole, inner.join('.'), value), ...others] }
}

/** Makes a call, and returns how many requests were sent, the code of the error and the paths of its issues. */
async function outcome(call: (typeof calls)[number], body: unknown, id: string) {
  const { api, sent } = createCountingClient()
  try {
    await call.send(api, body as never, id)
    return { sent: sent(), code: 'none', paths: [] as string[], text: '' }
  } catch (error) {
    if (!isDiditError(error)) throw error
    const {
      code,
      message,
      issues = [],
    } = error as Error & { code: string; issues?: { path: string; message: string }[] }
    return { sent: sent(), code, paths: issues.map(({ path }) => path), text: `${message} ${JSON.stringify(issues)}` }
  }
}

/** Runs of each property. Each run only validates an object, so it is cheap. */
const tries = propertyRuns({ usual: 40, most: 2_000 })

describe.each(calls.map((call) => [call.name, call] as const))('%s', (name, call) => {
  test('sends one request for a valid body', async () => {
    await fc.assert(
      fc.asyncProperty(call.right, guid, async (body, id) => {
        expect(await outcome(call, body, id)).toMatchObject({ sent: 1, code: 'didit-rejected' })
      }),
      tries,
    )
  })

  test.each(Object.entries(call.wrong))('sends nothing for an invalid %s, and names it', async (field, values) => {
    await fc.assert(
      fc.asyncProperty(call.right, guid, values, async (body, id, value) => {
        const { sent, code, paths } = await outcome(call, withField(body, field, value), id)
        expect({ sent, code }).toEqual({ sent: 0, code: 'request-invalid' })
        // The path may name a whole list or the invalid item.
        expect(paths.some((path) => path === field || path.startsWith(`${field}.`) || field === `${path}.0`)).toBe(true)
      }),
      tries,
    )
  })

  for (const [field, body] of call.wrongTogether) {
    test(`sends nothing for a ${field} that contradicts another field`, async () => {
      const { sent, code, paths } = await outcome(call, body, '11111111-2222-3333-4444-555555555555')
      expect({ sent, code, paths }).toEqual({ sent: 0, code: 'request-invalid', paths: [field] })
    })
  }

  for (const field of required[name] ?? []) {
    test(`sends nothing without ${field}`, async () => {
      await fc.assert(
        fc.asyncProperty(call.right, guid, async (body, id) => {
          const { [field]: _, ...rest } = body
          const { sent, code, paths } = await outcome(call, rest, id)
          expect({ sent, code, paths }).toEqual({ sent: 0, code: 'request-invalid', paths: [field] })
        }),
        tries,
      )
    })
  }

  if (call.takesId) {
    test('sends nothing for an invalid id', async () => {
      await fc.assert(
        fc.asyncProperty(call.right, notGuid, async (body, id) => {
          const { sent, code, paths } = await outcome(call, body, id as string)
          expect({ sent, code, paths }).toEqual({ sent: 0, code: 'request-invalid', paths: ['sessionId'] })
        }),
        tries,
      )
    })
  }

  if (Object.keys(call.wrong).length > 0)
    test('repeats no input in its error', async () => {
      const secret = 'Jane-Roe-4711'
      for (const field of Object.keys(call.wrong)) {
        const body = withField(fc.sample(call.right, 1)[0] ?? {}, field, [{ [secret]: secret }])
        const { text } = await outcome(call, body, '11111111-2222-3333-4444-555555555555')
        expect(text).not.toContain(secret)
      }
    })
})
