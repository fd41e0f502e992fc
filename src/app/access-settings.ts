import { z } from 'zod'
import { AddressRanges, parseAddressRange } from '../address-ranges.ts'
import type { Config } from '../config/config.ts'
import { CREDENTIALS_RULE, parseCredentials } from '../config/options/access-options.ts'
import { parseHostPattern } from '../host-pattern.ts'
import type { AccessOptions, AccessRules } from '../http/access/access-rules.ts'
import type { Setting } from '../settings/setting.ts'

/** A household has some; a list that is looked through with each request has an end. */
const MAX_ENTRIES = 200

type InitialRules = Omit<AccessOptions, 'ownNames'>

/** The rules as the options say them. */
export function accessOptions(config: Config): InitialRules {
  const { auth, authReading, trustLoopback, trustProxy, allowHosts } = config
  const allowedAddresses = rangesOf(config.allowAddresses)
  const allowed = { allowedAddresses, allowedHosts: allowHosts }
  return { auth, authReading, trustLoopback, trustProxy, ...allowed }
}

/** What of the rules can be changed while the server runs. */
export function accessSettings(config: Config, rules: AccessRules): readonly Setting[] {
  const { auth, given } = config
  return [
    setting<string | null>({
      ...{ name: 'auth', kind: 'secret', unit: null, isGiven: given.has('auth') },
      effect: 'The user and password, as user:pass, for everything that changes something.',
      initial: auth === null ? null : `${auth.user}:${auth.password}`,
      check: z
        .string(CREDENTIALS_RULE)
        .refine((text) => parseCredentials(text) !== null, CREDENTIALS_RULE)
        .nullable(),
      apply: (value) => {
        rules.auth = value === null ? null : parseCredentials(value)
      },
    }),
    setting<boolean>({
      ...{ name: 'auth-reading', kind: 'boolean', unit: null, isGiven: given.has('auth-reading') },
      effect: 'Whether reading needs the password, too; TVs get signed URLs.',
      initial: config.authReading,
      check: z.boolean('must be true or false'),
      apply: (value) => {
        rules.authReading = value
      },
    }),
    setting<readonly string[]>({
      ...{ name: 'allow-address', kind: 'list', unit: null, isGiven: given.has('allow-address') },
      effect: 'IP addresses and networks that may read and change without a password.',
      initial: config.allowAddresses,
      check: listOf(
        (text) => parseAddressRange(text) !== null,
        'must be IP addresses or networks (10.0.0.0/8)',
      ),
      apply: (value) => {
        rules.allowedAddresses = rangesOf(value)
      },
    }),
    setting<readonly string[]>({
      ...{ name: 'allow-host', kind: 'list', unit: null, isGiven: given.has('allow-host') },
      effect: 'Names that the server is called by, besides its own: nas.example, *.lan.',
      initial: config.allowHosts,
      check: listOf(
        (text) => parseHostPattern(text) !== null,
        'must be host names or *. and one, without a port',
      ),
      apply: (value) => {
        rules.allowedHosts = value.flatMap((text) => parseHostPattern(text) ?? [])
      },
    }),
  ]
}

/** One of several kinds of value among the others. */
function setting<T extends Setting['initial']>(one: Setting<T>): Setting {
  return one as unknown as Setting
}

function listOf(isRight: (text: string) => boolean, message: string): z.ZodType<readonly string[]> {
  return z.array(z.string(message).refine(isRight, message), message).max(MAX_ENTRIES)
}

function rangesOf(texts: readonly string[]): AddressRanges {
  return new AddressRanges(texts.flatMap((text) => parseAddressRange(text) ?? []))
}
