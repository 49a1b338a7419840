/** The key and secret of an emulator that was given none. They open nothing but an emulator. */
export const defaultApiKey = 'didit-emulator-key'
export const defaultWebhookSecret = 'didit-emulator-webhook-secret'
