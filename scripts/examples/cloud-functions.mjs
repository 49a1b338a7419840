export default {
  section: 'Cloud Functions',
  install: ['@google-cloud/functions-framework@5.0.5'],
  start: ['npx', '--no-install', 'functions-framework', '--target=api', '--source=index.js'],
  environment: { FUNCTION_TARGET: 'api' },
}
