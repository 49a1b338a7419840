import type { OpenApiDocument, Operation } from './document.ts'

/** One operation of a document, and the pattern of its paths. */
export interface Route {
  readonly name: string
  readonly method: string
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly operation: Operation
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Creates a function that returns the operation of a request, or undefined if the document has none. */
export function createRoutes({ paths }: OpenApiDocument) {
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      if (operation === undefined) return []
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name)
      const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '([^/]+)')}$`)
      return [{ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), pattern, names, operation }]
    }),
  )
  // A literal path takes precedence over one with parameters.
  routes.sort((a, b) => a.names.length - b.names.length)
  return ({ method, url }: { readonly method: string; readonly url: string }): Route | undefined => {
    const { pathname } = new URL(url)
    return routes.find((route) => route.method === method && route.pattern.test(pathname))
  }
}
