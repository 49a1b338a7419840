import { createHmac, timingSafeEqual } from 'node:crypto'
import { type StaffMember, staff } from './staff.ts'

/** The sign-in of the bank's staff: beside the customers' one, so that one browser can show both sides. */
export interface StaffSignIn {
  /** Returns the member of staff who sends this request, or null. */
  read(request: Request): StaffMember | null
  /** The `Set-Cookie` that signs somebody in, or out with null. */
  write(staffId: StaffMember['id'] | null): string
}

const cookieName = 'harbour_staff'
/** Length of a staff sign-in. A person who leaves without signing out is signed out after it. */
const watchMs = 8 * 60 * 60 * 1000

/** The same as the companion server asks it. */
export const toStaff = (member: StaffMember | null) => member && { staffId: member.id }

/**
 * Creates the sign-in. No password, as for the customers: it is a demonstration, and says so on the page.
 *
 * @param options.key - Signs the cookie; whoever has it can sit at the desk.
 * @param options.isSecure - Whether the browser reaches the bank by https.
 * @param options.now - Epoch milliseconds.
 */
export function createStaffSignIn({
  key,
  isSecure,
  now = Date.now,
}: {
  readonly key: string
  readonly isSecure: boolean
  readonly now?: () => number
}): StaffSignIn {
  const sign = (text: string) => createHmac('sha256', key).update(`harbour-bank staff\n${text}`).digest('base64url')

  function isSigned(text: string, signature: string): boolean {
    const [wanted, given] = [Buffer.from(sign(text)), Buffer.from(signature)]
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  }

  return {
    read(request) {
      for (const part of (request.headers.get('cookie') ?? '').split(';')) {
        const [name, value = ''] = part.trim().split('=', 2)
        const [staffId = '', until = '', signature = ''] = name === cookieName ? value.split('.') : []
        const member = staff.find(({ id }) => id === staffId)
        if (member && isSigned(`${staffId}.${until}`, signature) && now() < Number(until)) return member
      }
      return null
    },
    write(staffId) {
      // Strict: a link on another website leads nobody into the desk.
      const rules = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
      if (staffId === null) return `${cookieName}=; Max-Age=0; ${rules}`
      const text = `${staffId}.${now() + watchMs}`
      return `${cookieName}=${text}.${sign(text)}; Max-Age=${watchMs / 1000}; ${rules}`
    },
  }
}
