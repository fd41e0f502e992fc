import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parseSubtitleTarget } from '../../media/subtitles/subtitle-path.ts'
import { parseMediaTarget } from '../messages/media-target.ts'
import type { SessionPort } from '../messages/session-port.ts'
import { findTorrent } from '../messages/torrent-id.ts'
import type { Credentials, GuardOptions } from './access-rules.ts'
import { strangerIn } from './reading-guard.ts'

const DAY_SECONDS = 86_400
/** TVs keep what they have listed for days; whatever is listed anew is good for so long from then. */
const LIFETIME_SECONDS = 7 * DAY_SECONDS
const EXPIRY_BYTES = 4
/** 96 bits of it (RFC 2104, 5). */
const MAC_BYTES = 12

const SIGNED = /^((?:https?:\/\/[^/?]*)?)\/s\/([A-Za-z\d_-]{22})(\/.*)$/i

export interface SignedPathsOptions {
  /** At least 32 bytes that nobody else knows. */
  readonly key: Uint8Array
  readonly session: Pick<SessionPort, 'get'>
  readonly rules: GuardOptions
  /** Wall clock in ms since 1970. */
  readonly now: () => number
}

/**
 * Paths that are read without a password, `/s/<token>` and the path itself: for TVs and players, which
 * have none. A token is for one file of a torrent, or for one path, until it expires; another password
 * ends them all. That of a day is the same, so that what is listed twice has one URL.
 */
export class SignedPaths {
  readonly #options: SignedPathsOptions
  #derived: { readonly auth: Credentials | null; readonly key: Uint8Array } | null = null

  constructor(options: SignedPathsOptions) {
    this.#options = options
  }

  /** Signs paths for who asks, where that is needed to read them without a password. */
  signerFor(request: IncomingMessage): (path: string) => string {
    const { rules } = this.#options
    const isNeeded = rules.authReading || strangerIn(request, rules) !== null
    return isNeeded && rules.auth !== null ? (path) => this.sign(path) : (path) => path
  }

  sign(path: string): string {
    const days = Math.ceil(this.#options.now() / 1_000 / DAY_SECONDS)
    const expiry = Buffer.alloc(EXPIRY_BYTES)
    expiry.writeUInt32BE(days * DAY_SECONDS + LIFETIME_SECONDS)
    return `/s/${Buffer.concat([expiry, this.#mac(path, expiry)]).toString('base64url')}${path}`
  }

  /** Takes a token off a request target; `isValid` is whether it opens what is behind it. */
  open(target: string): { readonly target: string; readonly isValid: boolean } {
    const [, origin = '', token, path] = SIGNED.exec(target) ?? []
    if (token === undefined || path === undefined) return { target, isValid: false }
    const bytes = Buffer.from(token, 'base64url')
    const expiry = bytes.subarray(0, EXPIRY_BYTES)
    const isFresh = expiry.readUInt32BE() * 1_000 > this.#options.now()
    const isOurs = timingSafeEqual(bytes.subarray(EXPIRY_BYTES), this.#mac(path, expiry))
    return {
      target: origin + path,
      isValid: isFresh && isOurs && this.#options.rules.auth !== null,
    }
  }

  #mac(path: string, expiry: Uint8Array): Buffer {
    const mac = createHmac('sha256', this.#currentKey())
      .update(expiry)
      .update(this.#scopeOf(path))
      .digest()
    return mac.subarray(0, MAC_BYTES)
  }

  /** Follows the password. */
  #currentKey(): Uint8Array {
    const { key, rules } = this.#options
    if (this.#derived?.auth === rules.auth) return this.#derived.key
    const { user, password } = rules.auth ?? { user: '', password: '' }
    const derived = createHmac('sha256', key).update(`${user}:${password}`).digest()
    this.#derived = { auth: rules.auth, key: derived }
    return derived
  }

  /** What a token is for: a file, by whichever of its paths, with its subtitles; any other path by itself. */
  #scopeOf(path: string): string {
    const media = parseMediaTarget(path)
    if (media !== null) return this.#fileScope(media.torrent, media.file, path)
    const subtitles = parseSubtitleTarget(path)
    if (subtitles === null) return `path ${path.replace(/\?.*$/, '')}`
    return this.#fileScope(subtitles.torrent, String(subtitles.reference.fileIndex), path)
  }

  #fileScope(torrent: string, file: string, path: string): string {
    const infoHash = this.#infoHashOf(torrent)
    return infoHash === null ? `path ${path}` : `file ${infoHash} ${Number(file)}`
  }

  #infoHashOf(id: string): string | null {
    try {
      return findTorrent(this.#options.session, id).infoHash
    } catch {
      // The answer to such a path is an error, whoever asks.
      return null
    }
  }
}
