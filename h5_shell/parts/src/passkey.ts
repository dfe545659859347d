/**
 * WebAuthn ceremonies between our JSON and the browser's buffers. Newer browsers have
 * parse…FromJSON and toJSON for this; the phones people keep do not.
 */
type Json = Record<string, unknown>
interface Described { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, c => c.charCodeAt(0))
}
export function textOf(bytes: ArrayBuffer): string {
  let plain = ''
  for (const b of new Uint8Array(bytes)) plain += String.fromCharCode(b)
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
const described = (list: unknown) => ((list ?? []) as Described[]).map(d => ({ ...d, id: bytesOf(d.id) }))

export const passkeysWork = () => typeof window !== 'undefined' && 'PublicKeyCredential' in window && Boolean(navigator.credentials)

function shared(credential: PublicKeyCredential): Json {
  return {
    id: credential.id, rawId: textOf(credential.rawId), type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined, clientExtensionResults: credential.getClientExtensionResults(),
  }
}
/** Have a new key made; null when the person turned back. */
export async function makePasskey(options: Json): Promise<Json | null> {
  const user = options.user as { id: string } & Json
  const publicKey = { ...options, challenge: bytesOf(String(options.challenge)), user: { ...user, id: bytesOf(user.id) }, excludeCredentials: described(options.excludeCredentials) }
  const made = await asked(() => navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions }))
  if (!made) return null
  const response = made.response as AuthenticatorAttestationResponse
  return {
    ...shared(made),
    response: { clientDataJSON: textOf(response.clientDataJSON), attestationObject: textOf(response.attestationObject), transports: response.getTransports?.() ?? [] },
  }
}
/** Have a challenge answered with a key; null when the person turned back. */
export async function provePasskey(options: Json): Promise<Json | null> {
  const publicKey = { ...options, challenge: bytesOf(String(options.challenge)), allowCredentials: described(options.allowCredentials) }
  const found = await asked(() => navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions }))
  if (!found) return null
  const response = found.response as AuthenticatorAssertionResponse
  return {
    ...shared(found),
    response: {
      clientDataJSON: textOf(response.clientDataJSON), authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature), userHandle: response.userHandle ? textOf(response.userHandle) : null,
    },
  }
}
/** Turning back and taking too long are no errors; a key that is registered already is told by its name. */
async function asked(work: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return await work() as PublicKeyCredential | null
  } catch (error) {
    if (error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)) return null
    throw error
  }
}
export const passkeyTaken = (error: unknown) => error instanceof DOMException && error.name === 'InvalidStateError'
