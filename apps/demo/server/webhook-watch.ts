import type { Logger } from '@didit-verify/server'

/** A webhook as the server's log told of it: the only place that knows of repetitions, since they are not stored. */
export interface SeenWebhook {
  readonly sessionId: string
  readonly webhookType: string
  readonly status: string | null
  /** Epoch milliseconds. */
  readonly at: number
  readonly isDuplicate: boolean
}

/** Passes a log on and remembers the webhooks in it. */
export interface WebhookWatch {
  readonly logger: Logger
  /** The newest of one Session, oldest first. */
  of(sessionId: string): readonly SeenWebhook[]
}

const longest = 500

/** Creates the watch over a log. */
export function watchWebhooks(logger: Logger, now: () => number = Date.now): WebhookWatch {
  const seen: SeenWebhook[] = []
  return {
    logger: {
      ...logger,
      info(fields, message) {
        logger.info(fields, message)
        const { sessionId, webhookType, status, stored } = fields as Partial<SeenWebhook> & { stored?: boolean }
        if (message !== 'webhook' || !sessionId || !webhookType) return
        seen.push({ sessionId, webhookType, status: status ?? null, at: now(), isDuplicate: stored === false })
        if (seen.length > longest) seen.shift()
      },
    },
    of: (sessionId) => seen.filter((it) => it.sessionId === sessionId),
  }
}
