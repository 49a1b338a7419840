import { DiditVerify as DiditVerifyElement, type DiditVerifyEventMap } from '@didit-verify/element'
import '@didit-verify/element/define'
import { createComponent, type EventName } from '@lit/react'
import * as React from 'react'
import { DiditContext } from './didit-context.ts'

const eventName = <Name extends keyof DiditVerifyEventMap>(name: Name) => name as EventName<DiditVerifyEventMap[Name]>

// Without a type annotation, which would make type checking twenty times slower for the same type.
const Wrapped = createComponent({
  react: React,
  tagName: 'didit-verify',
  elementClass: DiditVerifyElement,
  events: {
    onDiditBeforeStart: eventName('didit-beforestart'),
    onDiditOpen: eventName('didit-open'),
    onDiditReady: eventName('didit-ready'),
    onDiditStep: eventName('didit-step'),
    onDiditSubmit: eventName('didit-submit'),
    onDiditBeforeClose: eventName('didit-beforeclose'),
    onDiditClose: eventName('didit-close'),
    onDiditStatus: eventName('didit-status'),
    onDiditDecision: eventName('didit-decision'),
    onDiditError: eventName('didit-error'),
  },
})

/** Props of `<DiditVerify>`: the element's properties in camelCase, and a handler for each of its events. */
export type DiditVerifyProps = Omit<React.ComponentProps<typeof Wrapped>, 'ref'>

/** The element behind `<DiditVerify>`, for refs: `useRef<DiditVerifyElement>(null)`. */
export type { DiditVerifyElement }

/**
 * `<didit-verify>` as a React component. It presents the Session that `useSession` follows.
 *
 * Uses the client of the nearest `DiditProvider`, so that element and hooks share one store and one stream. Without a
 * provider it works alone, as the plain tag does. Only this component adds the element and Lit to a bundle.
 *
 * @example
 * ```tsx
 * import { DiditVerify } from '@didit-verify/react'
 *
 * export const Verification = () => (
 *   <DiditVerify workflow="default" onDiditDecision={(event) => console.log(event.detail.phase)} />
 * )
 * ```
 */
export const DiditVerify = React.forwardRef<DiditVerifyElement, DiditVerifyProps>(function DiditVerify(props, ref) {
  const client = React.useContext(DiditContext)?.client
  return <Wrapped {...(client ? { client } : {})} {...props} ref={ref} />
})
