import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { DeskMe } from '../../server/review/routes.ts'
import { LanguageProvider } from '../language.tsx'
import { DeskError } from './desk-client.ts'
import { deskKeys } from './desk-queries.ts'
import { ReviewApp } from './review-app.tsx'
import '../fonts.css'
import '../harbour.css'
import './review.css'

const root = document.getElementById('root')
if (!root) throw new Error('review.html has no #root.')

// A page that the browser has kept all the same may show what only the staff may see.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

/** Clears the screen after a refusal and shows the sign-in page. */
function putAway(error: unknown): void {
  if (!(error instanceof DeskError) || (error.status !== 401 && error.code !== 'staff-only')) return
  queryClient.removeQueries({ queryKey: deskKeys.all })
  // Not asked again: were the answer another one, the two would go round in circles.
  queryClient.setQueryData<DeskMe>(deskKeys.me, (me) => me && { ...me, staff: null, workflows: null })
}

const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: putAway }),
  mutationCache: new MutationCache({ onError: putAway }),
  defaultOptions: {
    queries: {
      // A second try helps where no answer came; a refusal stays one.
      retry: (failures, error) =>
        failures < 2 && error instanceof DeskError && (error.status === 0 || error.status >= 502),
    },
  },
})

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <LanguageProvider>
        <ReviewApp />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
)
