export default {
  section: 'Bun',
  install: ['bun@1.4.5'],
  runtime: 'bun',
  start: ['npx', '--no-install', 'bun', 'server.js'],
  // Longer than Bun's own idle timeout of 10 seconds.
  quietStreamMs: 13_000,
}
