import type { Decision } from '@didit-verify/core/schemas'
import { useMutation } from '@tanstack/react-query'
import { useDesk } from '../desk.tsx'

import { obstacleToPdf } from '../rules.ts'
import { useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'

/** Didit's report as a file. Fetched by the page and not by a link, so that a refusal is told here. */
export function ReportPanel({ decision }: { readonly decision: Decision }) {
  const { client } = useDesk()
  const { actions } = useDeskTexts()
  const report = useMutation({
    mutationFn: () => client.pdf(decision.session_id),
    onSuccess: ({ blob, filename }) => save(blob, filename),
  })
  const obstacle = obstacleToPdf(decision.status, String(decision.session_kind ?? 'user'))
  const isOff = obstacle !== null || report.isPending
  return (
    <section className="aside-part">
      <button
        type="button"
        className="button second"
        aria-disabled={isOff}
        aria-describedby={obstacle ? 'why-no-report' : undefined}
        onClick={() => isOff || report.mutate()}
      >
        {report.isPending ? actions.pdfBusy : actions.pdf}
      </button>
      {obstacle && <small id="why-no-report">{actions.rules[obstacle]}</small>}
      {report.isError && <Trouble error={report.error} />}
    </section>
  )
}

function save(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = filename
  link.click()
  // The browser has taken the address by then; the report is not kept in the page for longer than that.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
