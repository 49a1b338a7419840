// Exports of a README that Vite turns into a module (scripts/readme-example.mjs).
declare module '*/README.md?example' {
  export const App: (props: { user: { id: string } }) => import('react').ReactElement
}
