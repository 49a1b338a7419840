// Written by `npm run manifest` from the class comment in didit-verify.ts. Edit that one.

/** The attributes of `<didit-verify>`, by their names in HTML. */
export interface ElementAttributes {
  /**
   * Base address of the companion server. Default: `/api/didit`.
   */
  endpoint?: string | undefined
  /**
   * Alias of the Workflow. Default: the server's `default`.
   */
  workflow?: string | undefined
  /**
   * Id of the Session to follow. Default: the user's current Session.
   */
  'session-id'?: string | undefined
  /**
   * A session URL or UniLink to open unchanged; no Session is created. A status is shown only if `session-id` is
   * set too.
   */
  url?: string | undefined
  /**
   * Placement of the hosted page: over the page (`modal`), inside it in place of the card (`inline`), or instead
   * of it (`redirect`). Other values warn once and act as `modal`. An open page moves between `modal` and
   * `inline` without a reload. Default: `modal`.
   */
  mode?: 'modal' | 'inline' | 'redirect' | undefined
  /**
   * Closes the dialog as soon as the person has submitted, instead of showing the result in it. `inline` always
   * does.
   */
  'auto-close'?: boolean | undefined
  /**
   * Asks before an unfinished walk is left. `confirm-exit="false"` turns it off. Default: true.
   */
  'confirm-exit'?: 'true' | 'false' | undefined
  /**
   * Address that `redirect` returns to: a path, or an address of an allowed origin. Default: the page they
   * leave.
   */
  'return-to'?: string | undefined
  /**
   * Language of the texts and of the hosted page, as a BCP 47 tag (`en`, `es-MX`). Changes apply at once, on the
   * element and on its ancestors. Default: the nearest `lang` around the element, else the browser's language.
   */
  lang?: string | undefined
  /**
   * Text direction. Default: the direction of the language.
   */
  dir?: 'ltr' | 'rtl' | 'auto' | undefined
  /**
   * The first camera for photos of documents. Default: Didit's choice.
   */
  'document-camera'?: 'front' | 'back' | undefined
  /**
   * The first camera for the face check. Default: Didit's choice.
   */
  'liveness-camera'?: 'front' | 'back' | undefined
  /**
   * All origins the hosted page may have, separated by spaces. Name your own domain at Didit here. Default:
   * Didit's origin, and loopback origins if the page itself is on one.
   */
  'allowed-origins'?: string | undefined
  /**
   * Seconds until a hosted page that stays silent, or does not come, counts as failed. Default: 20.
   */
  'ready-timeout'?: number | undefined
  /**
   * Name of the form control. With a name, the form submits a fresh proof of the approval, for `verifyProof`.
   */
  name?: string | undefined
  /**
   * Blocks submission of the form until the server reports approved and settled and, with a `name`, until the
   * proof is there.
   */
  required?: boolean | undefined
  /**
   * Nothing can be started, and the form submits no proof.
   */
  disabled?: boolean | undefined
}
