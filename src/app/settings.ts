import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { parseBytes } from '../config/options/byte-amount.ts'
import { LEAST_QUOTA_BYTES } from '../config/options/download-options.ts'
import { MAX_CONNECTIONS } from '../config/options/peer-options.ts'
import { NAME_RULE, parseFriendlyName } from '../config/options/server-options.ts'
import { LOG_LEVELS, type LogLevel } from '../log.ts'
import type { Setting } from '../settings/setting.ts'
import type { Session } from '../torrents/surface/surface.ts'

/** `apply` is told each new level. */
export function logLevelSetting(
  { logLevel, given }: Config,
  apply: (level: LogLevel) => void,
): Setting<LogLevel> {
  return {
    name: 'log-level',
    kind: 'choice',
    choices: LOG_LEVELS,
    unit: null,
    effect: 'How much the log says; info names who adds, removes, pauses and streams what.',
    initial: logLevel,
    isGiven: given.has('log-level'),
    check: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }),
    apply,
  }
}

/** Nothing, or 0, for none. */
export function quotaSetting(
  { quotaBytes, given }: Config,
  session: Pick<Session, 'setQuota'>,
): Setting<string> {
  return {
    name: 'quota',
    kind: 'text',
    unit: 'bytes',
    effect:
      'How much is stored, as 20GB, before what was watched longest ago is freed; needs on-demand.',
    initial: textOf(quotaBytes),
    isGiven: given.has('quota'),
    check: sizeText.refine(
      (text) => (bytesOf(text) ?? LEAST_QUOTA_BYTES) >= LEAST_QUOTA_BYTES,
      'must be 128M or more, or 0 for no limit',
    ),
    apply: (text) => session.setQuota(bytesOf(text)),
  }
}

/** Nothing, or 0, for none. */
export function reserveSetting(
  { reserveBytes, given }: Config,
  session: Pick<Session, 'setReserve'>,
): Setting<string> {
  return {
    name: 'reserve',
    kind: 'text',
    unit: 'bytes',
    effect: 'How much of the disk stays free, as 5GB: downloading stops before.',
    initial: textOf(reserveBytes),
    isGiven: given.has('reserve'),
    check: sizeText,
    apply: (text) => session.setReserve(bytesOf(text)),
  }
}

/** Peers at once: over all torrents, and of one. */
export function connectionSettings(
  { maxConnections, maxConnectionsPerTorrent, given }: Config,
  session: Pick<Session, 'setMaxConnections'>,
): readonly [Setting<number>, Setting<number>] {
  const common = { kind: 'number', unit: 'connections', check: connections } as const
  return [
    {
      ...{ ...common, name: 'max-connections', initial: maxConnections },
      isGiven: given.has('max-connections'),
      effect: 'How many peers there are at once, over all torrents.',
      apply: (total) => session.setMaxConnections({ total }),
    },
    {
      ...{ ...common, name: 'max-connections-per-torrent', initial: maxConnectionsPerTorrent },
      isGiven: given.has('max-connections-per-torrent'),
      effect: 'How many peers a torrent has at once that says nothing else.',
      apply: (perTorrent) => session.setMaxConnections({ perTorrent }),
    },
  ]
}

const CONNECTIONS_RULE = `must be a whole number from 1 to ${MAX_CONNECTIONS}`
const connections = z
  .int(CONNECTIONS_RULE)
  .min(1, CONNECTIONS_RULE)
  .max(MAX_CONNECTIONS, CONNECTIONS_RULE)

const sizeText = z
  .string()
  .refine((text) => text.trim() === '' || parseBytes(text) !== null, 'must be bytes, as 20GB')

function textOf(bytes: number | null): string {
  return bytes === null ? '' : String(bytes)
}

/** `null` for none. */
function bytesOf(text: string): number | null {
  return parseBytes(text) || null
}

/** @param friendlyName - What holds where no other is saved. */
export function nameSetting(
  { given }: Config,
  friendlyName: string,
  apply: (name: string) => void,
): Setting<string> {
  return {
    name: 'name',
    kind: 'text',
    unit: null,
    effect: 'What TVs call the server, each once it asks for the description again.',
    initial: friendlyName,
    isGiven: given.has('name'),
    check: z
      .string(NAME_RULE)
      .trim()
      .refine((text) => parseFriendlyName(text) !== null, NAME_RULE),
    apply,
  }
}

const MUST_BE_INTERFACES = 'must be names of network interfaces: eth0'

/** `apply` is told the names to announce on; none for all that lead to a LAN. */
export function interfaceSetting(
  { interfaces, given }: Config,
  apply: (names: readonly string[]) => void,
): Setting<readonly string[]> {
  return {
    name: 'interface',
    kind: 'list',
    unit: null,
    effect:
      'Where the server shows itself to TVs, within 15 seconds; empty: all that lead to a LAN.',
    initial: interfaces,
    isGiven: given.has('interface'),
    check: z
      .array(
        z.string(MUST_BE_INTERFACES).regex(/^[\w.@-]{1,64}$/, MUST_BE_INTERFACES),
        MUST_BE_INTERFACES,
      )
      .max(64, MUST_BE_INTERFACES),
    apply,
  }
}
