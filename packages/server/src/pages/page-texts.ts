/**
 * Texts of the pages that this server renders, for one language.
 *
 * To add a language, add an entry to `pageTexts`. No text says how a verification ended, because anyone can open these
 * pages.
 */
export interface PageTexts {
  readonly direction: 'ltr' | 'rtl'
  /** Shown after the return from Didit when `returnTo` is known. */
  readonly goOn: { readonly title: string; readonly text: string; readonly link: string }
  /** Shown after the return from Didit when `returnTo` is unknown. */
  readonly done: { readonly title: string; readonly text: string }
  /** Shown when a verification could not start. */
  readonly refused: { readonly title: string; readonly link: string }
  /** The reasons why it could not start. */
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

/** Reason why a verification did not start. Reasons that mean the same to the person are one. */
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

// Formal address (usted), as in the texts of the element.
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

/** Texts by language. */
export const pageTexts: Readonly<Record<string, PageTexts>> = { en, es }

const fallback = 'en'

/**
 * Returns the best available language for a person.
 *
 * @param acceptLanguage - The header of the browser, such as `es-MX,es;q=0.9,en;q=0.8`. Invalid entries are ignored.
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
