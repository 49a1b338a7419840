import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

// In development our packages are read from their sources. The build takes `dist`, so what is shown is what ships.
const sources = ['@didit-verify/source', ...defaultClientConditions]

export default defineConfig(({ command }) => ({
  plugins: [react()],
  resolve: { conditions: command === 'serve' ? sources : [...defaultClientConditions] },
  build: {
    sourcemap: true,
    // `default-src 'self'` refuses data: addresses, so nothing is put inline.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['index.html', 'plain.html', 'basic.html', 'review.html'] },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api/didit', '/api/partner', '/bank', '/basic'].map((path) => [
        path,
        process.env.DEMO_SERVER ?? 'http://localhost:4000',
      ]),
    ),
  },
}))
