// @ts-check
/**
 * A package: a ZIP with an index of every file (`META-INF/files.json`) and, where there is a key,
 * the developer's signature over the canonical index. The same files give the same bytes.
 */
import { createHash, createPrivateKey, createPublicKey, sign as signEd25519 } from 'node:crypto'
import { unzipSync, zipSync } from 'fflate'
import smCrypto from 'sm-crypto-v2'
import { Told } from './told.mjs'

const INDEX = 'META-INF/files.json'
const SIGNATURE = 'META-INF/dev.sig'
const USER_ID = '1234567812345678'
const TIME = new Date(1980, 0, 1)
/** SubjectPublicKeyInfo of a point on the SM2 curve, but for the point (1.2.156.10197.1.301). */
const SM2_INFO = '3059301306072a8648ce3d020106082a811ccf5501822d034200'

const sha256 = (/** @type {Uint8Array} */ bytes) => createHash('sha256').update(bytes).digest('hex')
/** Names in order of their code points, as the platform spells them; UTF-16 order would differ. */
const byCodePoint = (/** @type {string} */ a, /** @type {string} */ b) => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** @param {Record<string, Uint8Array>} files */
export function indexOf(files) {
  const rows = Object.keys(files).sort(byCodePoint).map(path => `${JSON.stringify(path)}:{"sha256":"${sha256(files[path])}","size":${files[path].length}}`)
  return Buffer.from(`{${rows.join(',')}}`)
}

/** @param {Record<string, Uint8Array>} files @param {string} [key] a private key in PEM */
export function pack(files, key) {
  const index = indexOf(files)
  const inside = { ...files, [INDEX]: index }
  if (key) inside[SIGNATURE] = Buffer.from(JSON.stringify(signature(index, key)))
  /** @type {import('fflate').Zippable} */
  const entries = {}
  for (const path of Object.keys(inside).sort(byCodePoint)) entries[path] = [inside[path], { mtime: TIME, level: 9, os: 3, attrs: 0o100644 << 16 }]
  return Buffer.from(zipSync(entries))
}

/** Sign a package that was packed before, its files unchanged. @param {Uint8Array} data @param {string} key */
export function sign(data, key) {
  const files = unpack(data)
  delete files[SIGNATURE]
  delete files[INDEX]
  return pack(files, key)
}

/** @param {Uint8Array} data */
export function unpack(data) {
  try {
    return Object.fromEntries(Object.entries(unzipSync(data)).filter(([path]) => !path.endsWith('/')))
  } catch {
    throw new Told('不是有效的 ZIP 文件，或内容已损坏')
  }
}

/** @param {string} pem the private key @returns {{pem: string, der: Buffer, alg: 'ed25519'|'sm2', id: string}} */
export function publicOf(pem) {
  let der
  try {
    der = createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' })
  } catch {
    throw new Told('不是有效的私钥（PEM，PKCS#8）')
  }
  const info = der.toString('hex')
  const alg = info.startsWith(SM2_INFO) ? 'sm2' : info.startsWith('302a300506032b6570032100') ? 'ed25519' : null
  if (!alg) throw new Told('只支持 Ed25519 和 SM2 密钥')
  const body = der.toString('base64').match(/.{1,64}/g)?.join('\n')
  return { pem: `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`, der, alg, id: createHash('sha256').update(der).digest('base64url') }
}

/** @param {Buffer} index @param {string} pem */
function signature(index, pem) {
  const { alg, id, der } = publicOf(pem)
  const sig = alg === 'ed25519' ? signEd25519(null, index, createPrivateKey(pem)) : sm2(index, pem, der)
  return { alg, key_id: id, sig: sig.toString('base64') }
}

/** @param {Buffer} index @param {string} pem @param {Buffer} info */
function sm2(index, pem, info) {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }).toString('hex')
  // ECPrivateKey (RFC 5915): version 1, then the 32 bytes of the key.
  const secret = /0201010420([0-9a-f]{64})/.exec(der)?.[1]
  if (!secret) throw new Told('读不出 SM2 私钥')
  const made = smCrypto.sm2.doSignature(new Uint8Array(index), secret, { hash: true, der: false, userId: USER_ID, publicKey: info.subarray(-65).toString('hex') })
  return Buffer.from(made, 'hex')
}
