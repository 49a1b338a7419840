import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { type Person, type PersonId, people, personHeader } from '../../shared/people.ts'

/** The person who is signed in in one browser. Each browser has its own people, so two visitors never share an account. */
export interface SignedIn {
  readonly person: Person
  /** Names this person of this browser, on the server alone. */
  readonly userId: string
}

/** The bank's own sign-in: no password, a signed cookie, honest about what it is. */
export interface SignIn {
  /** Returns the sender of this request, or null. Also null when the page was made for another person. */
  read(request: Request): SignedIn | null
  /** The `Set-Cookie` that signs a person in, or out with null. The browser keeps its people either way. */
  write(request: Request, personId: PersonId | null): string
}

const cookieName = 'harbour_bank'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const nobody = 'nobody'

/**
 * Creates the sign-in.
 *
 * @param options.key - Signs the cookie; whoever has it can be anybody.
 * @param options.isSecure - Whether the browser reaches the bank by https.
 */
export function createSignIn({ key, isSecure }: { readonly key: string; readonly isSecure: boolean }): SignIn {
  const sign = (text: string) => createHmac('sha256', key).update(`harbour-bank sign-in\n${text}`).digest('base64url')

  function isSigned(text: string, signature: string): boolean {
    const [wanted, given] = [Buffer.from(sign(text)), Buffer.from(signature)]
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }

  function open(request: Request): { browser: string; personId: string } | null {
    for (const part of (request.headers.get('cookie') ?? '').split(';')) {
      const [name, value = ''] = part.trim().split('=', 2)
      const [browser = '', personId = '', signature = ''] = name === cookieName ? value.split('.') : []
      if (uuid.test(browser) && isSigned(`${browser}.${personId}`, signature)) return { browser, personId }
    }
    return null
  }

  return {
    read(request) {
      const cookie = open(request)
      const person = people.find(({ id }) => id === cookie?.personId)
      const meant = request.headers.get(personHeader)
      if (meant !== null && meant !== person?.id) return null
      return cookie && person ? { person, userId: `${person.id}-${cookie.browser}` } : null
    },
    write(request, personId) {
      const text = `${open(request)?.browser ?? randomUUID()}.${personId ?? nobody}`
      const secure = isSecure ? '; Secure' : ''
      return `${cookieName}=${text}.${sign(text)}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax${secure}`
    },
  }
}
