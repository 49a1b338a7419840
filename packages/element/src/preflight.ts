/** Result of `preflight()`: whether the camera can be expected to work. */
export interface Preflight {
  /** False when one of the values below prevents the use of the camera. */
  readonly ok: boolean
  /** Browsers allow the camera on HTTPS pages and on localhost only. */
  readonly isSecureContext: boolean
  /** Whether the Permissions-Policy of this page lets a frame use the camera. True when the browser cannot tell. */
  readonly isAllowedByPolicy: boolean
  readonly camera: 'granted' | 'prompt' | 'denied' | 'missing' | 'unknown'
}

// Only Chromium exposes the policy of a page.
type WithPolicy = Document & { readonly featurePolicy?: { allowsFeature(feature: string): boolean } }

/** Checks secure context, policy, permission and devices. Never prompts and never throws. */
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
    return 'unknown' // The page has no media devices, or the browser does not know this permission.
  }
}
