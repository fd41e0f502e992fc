import { AddressRanges } from '../../address-ranges.ts'
import type { CrossOrigin } from './cors.ts'
import { LanAddresses } from './lan-address.ts'
import type { PasswordAttempts } from './password-attempts.ts'

export interface Credentials {
  readonly user: string
  readonly password: string
}

/** Who may read and who may change something. */
export interface GuardOptions {
  /** Without a password only this machine may change anything; with one, it needs it as well. */
  readonly auth: Credentials | null
  /** Whether reading needs the password too. */
  readonly authReading: boolean
  /** Spares this machine the password: wrong where a reverse proxy on it does not say for whom it asks. */
  readonly trustLoopback: boolean
  readonly trustProxy: boolean
  /** Who may read and change everything without a password. */
  readonly allowedAddresses: AddressRanges
  /** Names and patterns that the owner calls us by, besides our own. */
  readonly allowedHosts: readonly string[]
  /** In lower case. */
  readonly ownNames: ReadonlySet<string>
  readonly lan: Pick<LanAddresses, 'includes'>
  readonly attempts: PasswordAttempts
  /** Pages of others that may do what we let them; `null` for none. */
  readonly crossOrigin: CrossOrigin | null
}

/** What of the rules is set when the server starts; all else has a default. */
export type AccessOptions = Pick<GuardOptions, 'auth' | 'trustLoopback' | 'trustProxy'> &
  Partial<
    Pick<GuardOptions, 'authReading' | 'allowedAddresses' | 'allowedHosts' | 'lan' | 'crossOrigin'>
  > & {
    readonly ownNames: readonly string[]
  }

/** The rules in force; some of them change while the server runs. */
export class AccessRules implements GuardOptions {
  auth: Credentials | null
  authReading: boolean
  allowedAddresses: AddressRanges
  allowedHosts: readonly string[]
  readonly trustLoopback: boolean
  readonly trustProxy: boolean
  readonly ownNames: ReadonlySet<string>
  readonly lan: Pick<LanAddresses, 'includes'>
  readonly attempts: PasswordAttempts
  readonly crossOrigin: CrossOrigin | null

  constructor(options: AccessOptions, attempts: PasswordAttempts) {
    this.auth = options.auth
    this.authReading = options.authReading ?? false
    this.allowedAddresses = options.allowedAddresses ?? new AddressRanges()
    this.allowedHosts = options.allowedHosts ?? []
    this.trustLoopback = options.trustLoopback
    this.trustProxy = options.trustProxy
    this.ownNames = new Set(options.ownNames.map((name) => name.toLowerCase()))
    this.lan = options.lan ?? new LanAddresses()
    this.attempts = attempts
    this.crossOrigin = options.crossOrigin ?? null
  }
}
