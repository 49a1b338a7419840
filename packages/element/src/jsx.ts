import type {} from 'react'
import type { ElementAttributes } from './attributes.ts'
import type { DiditVerify } from './didit-verify.ts'

/**
 * Types of `<didit-verify>` in JSX. The module has no code that runs: `import type {} from '@didit-verify/element/jsx'`.
 *
 * Attributes have their names of HTML, properties without an attribute have those of JavaScript. Event names contain a
 * dash, so listen with `ref` and `addEventListener`.
 *
 * @example
 * ```tsx
 * import type {} from '@didit-verify/element/jsx'
 *
 * export const Verify = () => <didit-verify workflow="kyc" auto-close />
 * ```
 */
export interface DiditVerifyAttributes
  extends ElementAttributes,
    Partial<Pick<DiditVerify, 'client' | 'strings' | 'headers' | 'fetch'>> {
  id?: string | undefined
  slot?: string | undefined
  hidden?: boolean | undefined
  /** Both React and Preact read it here. */
  key?: string | number | null | undefined
  ref?: unknown
  class?: string | undefined
  className?: string | undefined
  style?: unknown
  children?: unknown
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'didit-verify': DiditVerifyAttributes
    }
  }
}

// For Preact and every other JSX runtime that reads the global namespace.
declare global {
  namespace JSX {
    interface IntrinsicElements {
      'didit-verify': DiditVerifyAttributes
    }
  }
}
