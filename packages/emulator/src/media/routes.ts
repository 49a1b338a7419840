import type { Hono } from 'hono'
import type { ApiContext } from '../api/context.ts'
import { isUuid } from '../sessions/create-request.ts'
import { checkLink, type MediaName, mediaNames } from '../sessions/media-links.ts'
import { drawMedia } from './pictures.ts'

/** Creates an error answer in the format of object storage, whose client libraries read the code. */
const refusal = (status: number, code: string, message: string) =>
  new Response(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>\n`,
    { status, headers: { 'Content-Type': 'application/xml', 'X-Content-Type-Options': 'nosniff' } },
  )

const isMediaName = (name: string): name is MediaName => mediaNames.some((known) => known === name)

/** An SVG that is opened directly is a document. The policy allows its own styles and nothing else. */
const pictureHeaders = {
  'Content-Type': 'image/svg+xml; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cache-Control': 'no-store',
}

/**
 * Adds the route of the media links in decisions. It answers with drawings, not photographs.
 *
 * As at the vendor, the signature in the link gives access, and no key is needed.
 */
export function mountMedia(app: Hono, { sessions, clock }: ApiContext): void {
  app.get('/media/:sessionId/:name', (context) => {
    const { sessionId, name } = context.req.param()
    const session = isUuid(sessionId) ? sessions.byId(sessionId) : undefined
    if (!session || !isMediaName(name)) {
      return allowAll(refusal(404, 'NoSuchKey', 'The specified key does not exist.'))
    }
    const validity = checkLink(session, name, new URL(context.req.url).searchParams, clock.now())
    if (validity === 'expired') return allowAll(refusal(403, 'AccessDenied', 'Request has expired'))
    if (validity === 'forged') {
      const message = 'The request signature we calculated does not match the signature you provided.'
      return allowAll(refusal(403, 'SignatureDoesNotMatch', message))
    }
    return allowAll(new Response(drawMedia(session, name, clock.now()), { headers: pictureHeaders }))
  })
}

/** Allows pages of any origin to read the answer, because apps show these links on their own pages. */
function allowAll(response: Response): Response {
  response.headers.set('Access-Control-Allow-Origin', '*')
  return response
}
