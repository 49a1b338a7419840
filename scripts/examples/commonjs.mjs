export default {
  section: 'CommonJS',
  install: [],
  start: ['node', 'server.cjs'],
}
