/** Default key and secret of an emulator. They give access to nothing else. */
export const defaultApiKey = 'didit-emulator-key'
export const defaultWebhookSecret = 'didit-emulator-webhook-secret'
