export default {
  name: 'node:http',
  section: 'Example',
  install: [],
  start: ['node', 'server.js'],
  hasJsonRoute: false,
}
