import { isIP } from 'node:net'
import { z } from 'zod'
import { isPeerAddress } from '../../peer-address.ts'
import type { CheckedOption, ValuesOf } from './option.ts'
import { filled, oneOf, refuse } from './rules.ts'

/** How peers are found, which way to them is taken, and who may be none. */
export interface SwarmConfig {
  /** Path or URL. */
  readonly blocklist: string | undefined
  /** Interface or address of ours that all BitTorrent traffic is held to; `null` for none. */
  readonly bind: string | null
  /** Name servers asked through it, `ip` or `ip:port`; the system's when empty. */
  readonly nameServers: readonly string[]
  readonly dht: boolean
  /** `host:port` of the nodes that are asked first; empty for those of the public DHT. */
  readonly dhtBootstrap: readonly string[]
  readonly lsd: boolean
  readonly trackers: boolean
  /** Web servers that torrents name (BEP 19). */
  readonly webSeeds: (typeof WEB_SEEDS)[number]
  readonly portForward: boolean
}

const WEB_SEEDS = ['public', 'any', 'off'] as const

const bound = z.string().transform((text, context) => {
  const isOne = isIP(text) !== 0 || /^[^\s/%:]{1,64}$/.test(text)
  return isOne ? text : refuse(context, 'must be an interface or an IP address', text)
})

const nameServer = z.string().transform((text, context) => {
  const isOne = isIP(text) !== 0 || isPeerAddress(text)
  return isOne ? text : refuse(context, 'must be the IP address of a name server, or ip:port', text)
})

/** The engine cannot: peers, DHT and UDP trackers would go past it. */
const proxy = z.string().transform((_text, context) => {
  const advice = '--bind keeps to the interface of a VPN'
  const message = `is not supported, as peers would see the real address: ${advice}`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const node = z.string().transform((text, context) => {
  const [, digits = '0'] = /^[^\s:]+:(\d{1,5})$/.exec(text) ?? []
  const isNode = Number(digits) >= 1 && Number(digits) <= 65_535
  return isNode ? text : refuse(context, 'must be host:port', text)
})

export const SWARM_OPTIONS = [
  {
    name: 'blocklist',
    kind: 'value',
    argument: 'file|url',
    help: 'no peers of these addresses (p2p, .dat or CIDR, gzip too)',
    rule: filled.optional(),
  },
  {
    name: 'bind',
    kind: 'value',
    argument: 'interface|ip',
    help: 'all BitTorrent traffic by this one alone, as a VPN',
    fallback: 'any',
    rule: bound.optional(),
  },
  {
    name: 'bind-dns',
    kind: 'list',
    argument: 'ip',
    help: 'with --bind: name servers to ask by it (repeatable)',
    fallback: "the system's",
    rule: z.array(nameServer).default([]),
  },
  {
    name: 'proxy',
    kind: 'value',
    argument: 'url',
    help: 'not supported: the server refuses to start with it',
    rule: proxy.optional(),
  },
  {
    name: 'dht',
    kind: 'off',
    help: 'do not use the DHT',
    rule: z.boolean().default(true),
  },
  {
    name: 'dht-bootstrap',
    kind: 'list',
    argument: 'host:port',
    help: 'DHT node to ask first',
    rule: z.array(node).default([]),
  },
  {
    name: 'lsd',
    kind: 'off',
    help: 'do not look for peers on the LAN',
    rule: z.boolean().default(true),
  },
  {
    name: 'trackers',
    kind: 'off',
    help: 'do not announce to trackers',
    rule: z.boolean().default(true),
  },
  {
    name: 'web-seeds',
    kind: 'value',
    argument: 'which',
    choices: WEB_SEEDS,
    help: 'web servers of torrents: public, any (LAN, too), off',
    fallback: 'public',
    rule: oneOf(WEB_SEEDS).default('public'),
  },
  {
    name: 'port-forward',
    kind: 'off',
    help: 'do not ask the router to forward the peer port',
    rule: z.boolean().default(true),
  },
] as const satisfies readonly CheckedOption[]

type Values = ValuesOf<typeof SWARM_OPTIONS>

export function checkSwarm(values: Values, context: z.RefinementCtx): void {
  if (values['bind-dns'].length > 0 && values.bind === undefined) {
    context.addIssue({ code: 'custom', path: ['bind-dns'], message: 'needs --bind' })
  }
}

export function swarmConfig(values: Values): SwarmConfig {
  return {
    blocklist: values.blocklist,
    bind: values.bind ?? null,
    nameServers: values['bind-dns'],
    dht: values.dht,
    dhtBootstrap: values['dht-bootstrap'],
    lsd: values.lsd,
    trackers: values.trackers,
    webSeeds: values['web-seeds'],
    portForward: values['port-forward'],
  }
}
