import { DiditProvider } from '@didit-verify/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './page.css'
import './bank.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root.')

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <DiditProvider>
        <App />
      </DiditProvider>
    </QueryClientProvider>
  </StrictMode>,
)
