export default {
  section: 'Deno',
  install: ['deno@2.9.6'],
  runtime: 'deno',
  start: ['npx', '--no-install', 'deno', 'run', '--allow-all', '--node-modules-dir=manual', 'server.js'],
  quietStreamMs: 13_000,
}
