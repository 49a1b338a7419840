import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { LanguageProvider } from './language.tsx'
import './fonts.css'
import './harbour.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')

// A page that the browser has kept all the same may show whoever was signed in when it was left.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <LanguageProvider>
        <App />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
)
