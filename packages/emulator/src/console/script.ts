/**
 * Keeps the parts of a console page that are marked `data-live` up to date.
 *
 * Like the script of the hosted page, it is served as its own source text, so it must not use anything from outside. It
 * does not replace a part that has the focus or an open `details` element. Without the script, the console works, but the
 * user has to reload it.
 *
 * @param page - The window of the console.
 */
function runConsole(page: Window & typeof globalThis): void {
  const { document } = page
  const pollMs = 2000
  const toggle = document.getElementById('live') as HTMLButtonElement | null
  if (toggle === null) return
  let isPaused = false
  let tag = ''

  const parts = (root: Document) => [...root.querySelectorAll<HTMLElement>('[data-live]')]

  /** Replaces the changed parts. Returns false if a part had to wait. */
  function replace(next: Document): boolean {
    let isWhole = true
    for (const part of parts(document)) {
      const fresh = parts(next).find((other) => other.dataset.live === part.dataset.live)
      if (fresh === undefined || fresh.innerHTML === part.innerHTML) continue
      // Replacing this part would remove the focus, or close an open `details` element.
      if (part.contains(document.activeElement) || part.querySelector('details[open]') !== null) isWhole = false
      else part.innerHTML = fresh.innerHTML
    }
    return isWhole
  }

  async function refresh(): Promise<void> {
    if (!isPaused && !document.hidden) {
      try {
        const answer = await page.fetch(page.location.href, { headers: tag === '' ? {} : { 'If-None-Match': tag } })
        if (answer.status === 200) {
          const isWhole = replace(new page.DOMParser().parseFromString(await answer.text(), 'text/html'))
          // Without a tag, the next poll returns the page again, so that a waiting part is replaced later.
          tag = isWhole ? (answer.headers.get('ETag') ?? '') : ''
        }
      } catch {
        // The emulator is not running or is restarting. The next poll tries again.
      }
    }
    page.setTimeout(refresh, pollMs)
  }

  toggle.hidden = false
  toggle.addEventListener('click', () => {
    isPaused = !isPaused
    toggle.textContent = isPaused ? 'Resume updates' : 'Pause updates'
  })
  page.setTimeout(refresh, pollMs)
}

/** Returns the source text of the console's script. */
export const consoleScript = () => `(${runConsole.toString()})(window)\n`
