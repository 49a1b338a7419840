export default {
  section: 'Express',
  install: ['express@5.3.0'],
  start: ['node', 'server.js'],
}
