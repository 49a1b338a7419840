export default {
  section: 'Hono',
  install: ['hono@4.13.19', '@hono/node-server@2.1.8'],
  start: ['node', 'server.js'],
}
