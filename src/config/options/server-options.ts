import { isIP } from 'node:net'
import { z } from 'zod'
import type { CheckedOption, ValuesOf } from './option.ts'
import { filled, port, refuse } from './rules.ts'

/** Where a server keeps what it has, and where it is found. */
export interface ServerConfig {
  /** Data folder; `null` only with `demo`: a temporary one. */
  readonly dir: string | null
  /** 0 asks the system for a free one. */
  readonly port: number
  /** Listen address; `null` is every address of the machine. */
  readonly host: string | null
  /** `null` is `Tributary (<hostname>)`. */
  readonly name: string | null
}

/** Friendly names longer than this are cut by control points (UDA 1.0, 2.1). */
const MAX_NAME_CHARACTERS = 63
export const NAME_RULE = `must be 1 to ${MAX_NAME_CHARACTERS} printable characters`

/** A friendly name without spaces around it; `null` for what TVs cannot show. */
export function parseFriendlyName(text: string): string | null {
  const name = text.trim()
  const isPrintable = name !== '' && !/\p{Cc}/u.test(name)
  return isPrintable && name.length <= MAX_NAME_CHARACTERS ? name : null
}

const host = z.string().transform((text, context) => {
  if (text === 'localhost') return '127.0.0.1'
  return isIP(text) === 0 ? refuse(context, 'must be an IP address or localhost', text) : text
})

const name = z.string().transform((text, context) => {
  return parseFriendlyName(text) ?? refuse(context, NAME_RULE, text)
})

export const SERVER_OPTIONS = [
  {
    name: 'dir',
    short: 'd',
    kind: 'value',
    argument: 'folder',
    help: 'where files are stored',
    fallback: './downloads',
    rule: filled.optional(),
  },
  {
    name: 'port',
    short: 'p',
    kind: 'value',
    argument: 'n',
    help: 'HTTP port (API, streams, UPnP, web page)',
    fallback: '3030',
    rule: port.default(3030),
  },
  {
    name: 'host',
    kind: 'value',
    argument: 'address',
    help: 'listen address',
    fallback: ':: (all, IPv4 too)',
    rule: host.optional(),
  },
  {
    name: 'name',
    kind: 'value',
    argument: 'text',
    help: 'friendly name on the TV',
    fallback: 'Tributary (<hostname>)',
    rule: name.optional(),
  },
] as const satisfies readonly CheckedOption[]

export function serverConfig(
  values: ValuesOf<typeof SERVER_OPTIONS> & { readonly demo: boolean },
): ServerConfig {
  return {
    dir: values.dir ?? (values.demo ? null : './downloads'),
    port: values.port,
    host: values.host ?? null,
    name: values.name ?? null,
  }
}
