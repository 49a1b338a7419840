/** What can be said about the camera before a walk, without asking the person for anything. */
export interface Preflight {
  /** False when something below is known to stop the camera. */
  readonly ok: boolean
  /** Browsers give a camera to HTTPS pages and to localhost only. */
  readonly isSecureContext: boolean
  /** Whether this page may hand the camera on to a frame: its own Permissions-Policy decides. */
  readonly isAllowedByPolicy: boolean
  readonly camera: 'granted' | 'prompt' | 'denied' | 'missing' | 'unknown'
}

// Only Chromium tells what the policy of a page is.
type WithPolicy = Document & { readonly featurePolicy?: { allowsFeature(feature: string): boolean } }

/** Looks at secure context, policy, permission and devices. Never prompts, never throws. */
export async function preflight(): Promise<Preflight> {
  const isAllowedByPolicy = (document as WithPolicy).featurePolicy?.allowsFeature('camera') ?? true
  const camera = await cameraState()
  return {
    ok: isSecureContext && isAllowedByPolicy && camera !== 'denied' && camera !== 'missing',
    isSecureContext,
    isAllowedByPolicy,
    camera,
  }
}

async function cameraState(): Promise<Preflight['camera']> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices()
    if (!devices.some((device) => device.kind === 'videoinput')) return 'missing'
    return (await navigator.permissions.query({ name: 'camera' as PermissionName })).state
  } catch {
    return 'unknown' // no media devices here, or a browser that does not know this permission
  }
}
