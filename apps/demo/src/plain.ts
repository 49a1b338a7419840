import '@didit-verify/element/define'
import type { DiditVerifyEventName } from '@didit-verify/element'

// Every event is composed and bubbles, so the document hears all of them.
const names: readonly DiditVerifyEventName[] = [
  'didit-open',
  'didit-ready',
  'didit-step',
  'didit-submit',
  'didit-close',
  'didit-status',
  'didit-decision',
  'didit-error',
]

const log = document.querySelector<HTMLOListElement>('#log')
const silence = document.querySelector<HTMLElement>('#silence')

for (const name of names) {
  document.addEventListener(name, (event) => {
    const { sessionId, ...rest } = event.detail as unknown as Record<string, unknown>
    const item = document.createElement('li')
    const title = document.createElement('b')
    const detail = document.createElement('code')
    title.textContent = name
    detail.textContent = Object.entries({ ...rest, ...(sessionId ? { sessionId } : {}) })
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')
    item.append(title, detail)
    log?.append(item)
    log?.toggleAttribute('hidden', false)
    silence?.toggleAttribute('hidden', true)
  })
}
