// What Vite makes of a README (scripts/readme-example.mjs): the names that its example declares.
declare module '*/README.md?example' {
  export const App: (props: { user: { id: string } }) => import('react').ReactElement
}
