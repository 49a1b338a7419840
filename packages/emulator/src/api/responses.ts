import type { Context } from 'hono'
import { type Json, writeJson } from '../runtime/json.ts'

/** The vendor's texts for a caller without a key. They depend on the endpoint. */
export const notPermitted = 'You do not have permission to perform this action.'
export const notAuthenticated = 'Authentication credentials were not provided or are invalid.'

/** Creates a JSON response, with numbers in the vendor's notation. */
export const json = (status: number, value: Json, headers: Record<string, string> = {}) =>
  new Response(writeJson(value), { status, headers: { 'Content-Type': 'application/json', ...headers } })

/** Creates the vendor's response to a malformed id: an HTML page, although all other responses are JSON. */
export const htmlNotFound = () =>
  new Response(
    '<!doctype html><html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>',
    {
      status: 404,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
    },
  )

/** Redirects to the same path with a final slash, which all paths of the vendor have. */
export const addSlash = (context: Context) => {
  const { pathname, search } = new URL(context.req.url)
  return new Response(null, { status: 301, headers: { Location: `${pathname}/${search}` } })
}

export const wrongMethod = (context: Context) => json(405, { detail: `Method "${context.req.method}" not allowed.` })
