import { RE2JS } from 're2js'
import { z } from 'zod'
import { parseAddressRange } from '../../address-ranges.ts'
import { parseHostPattern } from '../../host-pattern.ts'
import type { CheckedOption, ValuesOf } from './option.ts'
import { filled, refuse } from './rules.ts'

/** A user and a password, neither of them empty. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** Who may read, who may change something, and what can be changed at all. */
export interface AccessConfig {
  readonly auth: Credentials | null
  /** Whether reading needs the password too. */
  readonly authReading: boolean
  /** IP addresses and networks that need no password. */
  readonly allowAddresses: readonly string[]
  /** Host names, or `*.` and one, in lower case. */
  readonly allowHosts: readonly string[]
  readonly trustProxy: boolean
  readonly trustLoopback: boolean
  /** Regular expression (RE2) for origins of web pages that may use the API; `null` for none. */
  readonly corsAllow: string | null
  /** Whether the API may make torrents. */
  readonly allowCreate: boolean
}

export const CREDENTIALS_RULE = 'must be user:pass, neither of them empty'

/** Of `user:pass`, where the password may have colons; `null` where one of them is empty. */
export function parseCredentials(text: string): Credentials | null {
  const [, user, password] = /^([^:]+):(.+)$/s.exec(text) ?? []
  return user === undefined || password === undefined ? null : { user, password }
}

const auth = z.string().transform((text, context): Credentials => {
  const credentials = parseCredentials(text)
  if (credentials !== null) return credentials
  // What was meant for a password is not told again.
  context.addIssue({ code: 'custom', message: CREDENTIALS_RULE })
  return z.NEVER
})

const addressRange = z.string().transform((text, context) => {
  const isRange = parseAddressRange(text) !== null
  return isRange ? text : refuse(context, 'must be an IP address or a network (10.0.0.0/8)', text)
})

const hostPattern = z.string().transform((text, context) => {
  const pattern = parseHostPattern(text)
  return pattern ?? refuse(context, 'must be a host name or *. and one, without a port', text)
})

const pattern = filled.refine(isPattern, 'must be a regular expression (RE2 syntax)')

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text)
    return true
  } catch {
    return false
  }
}

export const ACCESS_OPTIONS = [
  {
    name: 'auth',
    kind: 'value',
    argument: 'user:pass',
    help: 'password for everything that changes something',
    rule: auth.optional(),
  },
  {
    name: 'auth-reading',
    kind: 'on',
    help: 'reading needs the password, too',
    fallback: 'open to the LAN',
    rule: z.boolean().default(false),
  },
  {
    name: 'allow-address',
    kind: 'list',
    argument: 'ip or cidr',
    help: 'may read and change without a password (repeatable)',
    rule: z.array(addressRange).default([]),
  },
  {
    name: 'allow-host',
    kind: 'list',
    argument: 'name',
    help: 'is our name, too: nas.example, *.lan (repeatable)',
    rule: z.array(hostPattern).default([]),
  },
  {
    name: 'trust-proxy',
    kind: 'on',
    help: 'believe X-Forwarded-* from any address',
    fallback: 'loopback only',
    rule: z.boolean().default(false),
  },
  {
    name: 'trust-loopback',
    kind: 'on',
    help: 'with --auth: spare this machine the password',
    fallback: 'it needs it too',
    rule: z.boolean().default(false),
  },
  {
    name: 'cors-allow',
    kind: 'value',
    argument: 'regex',
    help: 'origins of other web pages that may use the API',
    fallback: 'none',
    rule: pattern.optional(),
  },
  {
    name: 'allow-create',
    kind: 'on',
    help: 'let the API make torrents of what lies in the data folder',
    rule: z.boolean().default(false),
  },
] as const satisfies readonly CheckedOption[]

type Values = ValuesOf<typeof ACCESS_OPTIONS>

export function checkAccess(values: Values, context: z.RefinementCtx): void {
  if (values['auth-reading'] && values.auth === undefined) {
    const message = 'needs a password (--auth)'
    context.addIssue({ code: 'custom', path: ['auth-reading'], message })
  }
}

export function accessConfig(values: Values): AccessConfig {
  return {
    auth: values.auth ?? null,
    authReading: values['auth-reading'],
    allowAddresses: values['allow-address'],
    allowHosts: values['allow-host'],
    trustProxy: values['trust-proxy'],
    trustLoopback: values['trust-loopback'],
    corsAllow: values['cors-allow'] ?? null,
    allowCreate: values['allow-create'],
  }
}
