/**
 * Every word of the few pages that this server shows itself, by language.
 *
 * Another language is one more entry: `PageTexts` says what it needs. No sentence says how a verification ended, for
 * these pages are shown to whoever opens them.
 */
export interface PageTexts {
  readonly direction: 'ltr' | 'rtl'
  /** Back from Didit, and the way on is known. */
  readonly goOn: { readonly title: string; readonly text: string; readonly link: string }
  /** Back from Didit, and it is not. */
  readonly done: { readonly title: string; readonly text: string }
  /** A verification that did not start. */
  readonly refused: { readonly title: string; readonly link: string }
  /** Why it did not. */
  readonly reasons: Readonly<Record<RefusalReason, string>>
}

export const refusalReasons = [
  'sign-in',
  'website',
  'request',
  'foreign',
  'attempts',
  'wait',
  'unavailable',
  'fault',
] as const

/** Why a verification did not start, as far as it makes a difference to the person. */
export type RefusalReason = (typeof refusalReasons)[number]

const en: PageTexts = {
  direction: 'ltr',
  goOn: {
    title: 'Thank you',
    text: 'You are being taken back to where you began. The result will be shown there.',
    link: 'Go on',
  },
  done: { title: 'Thank you', text: 'You can close this page and go on where you began.' },
  refused: { title: 'The verification could not be started', link: 'Back to where you were' },
  reasons: {
    'sign-in': 'Please sign in first, then try again.',
    website: 'This website may not start a verification.',
    request: 'The request could not be understood. Please go back and try again.',
    foreign: 'This verification belongs to another account.',
    attempts: 'There are no attempts left. Please get in touch with us.',
    wait: 'Too many requests came at once. Please wait a moment, then try again.',
    unavailable: 'The service is not available right now. Please try again in a moment.',
    fault: 'Something went wrong on our side. Please try again later.',
  },
}

// Formal, as the element speaks.
const es: PageTexts = {
  direction: 'ltr',
  goOn: {
    title: 'Gracias',
    text: 'Le llevamos de vuelta adonde empezó. Allí verá el resultado.',
    link: 'Continuar',
  },
  done: { title: 'Gracias', text: 'Puede cerrar esta página y continuar donde empezó.' },
  refused: { title: 'No se pudo iniciar la verificación', link: 'Volver adonde estaba' },
  reasons: {
    'sign-in': 'Inicie sesión primero y vuelva a intentarlo.',
    website: 'Este sitio web no puede iniciar una verificación.',
    request: 'No se pudo entender la solicitud. Vuelva atrás e inténtelo de nuevo.',
    foreign: 'Esta verificación pertenece a otra cuenta.',
    attempts: 'No quedan más intentos. Póngase en contacto con nosotros.',
    wait: 'Han llegado demasiadas solicitudes a la vez. Espere un momento e inténtelo de nuevo.',
    unavailable: 'El servicio no está disponible en este momento. Inténtelo de nuevo en unos instantes.',
    fault: 'Algo ha fallado por nuestra parte. Inténtelo de nuevo más tarde.',
  },
}

/** The texts of every language there is. */
export const pageTexts: Readonly<Record<string, PageTexts>> = { en, es }

const fallback = 'en'

/**
 * The language to speak to a person.
 *
 * @param acceptLanguage - What the browser sent: `es-MX,es;q=0.9,en;q=0.8`. Anything that is no such list counts as none.
 */
export function pickLanguage(acceptLanguage: string | null): string {
  const wanted = (acceptLanguage ?? '').split(',').flatMap((part) => {
    const [, primary, quality = '1'] =
      /^\s*([a-z]{2,3})(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*([\d.]{1,5})\s*)?$/i.exec(part) ?? []
    const language = primary?.toLowerCase() ?? ''
    return Object.hasOwn(pageTexts, language) && Number(quality) > 0 ? [{ language, quality: Number(quality) }] : []
  })
  // Sorting keeps the order of equals.
  return wanted.sort((one, other) => other.quality - one.quality)[0]?.language ?? fallback
}
