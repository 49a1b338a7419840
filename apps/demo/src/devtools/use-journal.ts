import { useEffect, useState } from 'react'
import { useDiditClient } from '../person.tsx'

/** An entry of the timeline, with its source. */
export interface Entry {
  readonly id: string
  readonly at: number
  readonly source: 'page' | 'push' | 'store' | 'wire'
  readonly what: string
  readonly status: string | null
  readonly marks: readonly string[]
}

const longest = 200

/**
 * Listens to all that reaches this page: what the hosted page says, in its own messages, and what the server pushes.
 *
 * The messages are taken as they come, from anybody: this is a list of claims, and nothing is done on any of them.
 */
export function useJournal(): readonly Entry[] {
  const client = useDiditClient()
  const [entries, setEntries] = useState<readonly Entry[]>([])

  useEffect(() => {
    const life = new AbortController()
    const { signal } = life
    let count = 0
    const add = (entry: Omit<Entry, 'id' | 'at'>, at = Date.now()) => {
      count += 1
      const id = `${entry.source}-${count}`
      setEntries((known) => [...known, { ...entry, id, at }].slice(-longest))
    }

    addEventListener(
      'message',
      ({ data }: MessageEvent<unknown>) => {
        const { type, data: inner } = readMessage(data)
        // How high its page is says nothing to anybody.
        if (!type.startsWith('didit:') || type === 'didit:layout') return
        add({ source: 'page', what: type, status: typeof inner.status === 'string' ? inner.status : null, marks: [] })
      },
      { signal },
    )
    document.addEventListener(
      'didit-error',
      ({ detail }) => add({ source: 'page', what: detail.code, status: null, marks: [] }),
      { signal },
    )

    const store = client.session()
    let known = store.getSnapshot()
    const look = () => {
      const snapshot = store.getSnapshot()
      if (!snapshot || snapshot === known) return
      known = snapshot
      const { status, source, settled, revision } = snapshot
      add({ source: 'push', what: source, status, marks: [settled ? 'settled' : 'unsettled', String(revision)] })
    }
    if (known) {
      known = null
      look()
    }
    signal.addEventListener('abort', store.subscribe(look))
    return () => {
      life.abort()
      setEntries([])
    }
  }, [client])
  return entries
}

function readMessage(data: unknown): { type: string; data: Record<string, unknown> } {
  let value = data
  if (typeof data === 'string') {
    try {
      value = JSON.parse(data)
    } catch {
      value = null
    }
  }
  const { type, data: inner } = (value ?? {}) as { type?: unknown; data?: unknown }
  return {
    type: typeof type === 'string' ? type.slice(0, 60) : '',
    data: typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {},
  }
}
