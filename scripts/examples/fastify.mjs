export default {
  section: 'Fastify',
  install: ['fastify@5.12.8'],
  start: ['node', 'server.js'],
}
