import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host, Lab } from '../lab/lab.ts'
import { waitFor } from '../lab/wait-for.ts'

export interface Forwarded {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
  /** Address and port inside. */
  readonly to: string
}

/** As the router's own packages make them. */
const RULES = `table inet filter {
  chain forward { type filter hook forward priority 0; policy accept; jump miniupnpd; }
  chain miniupnpd { }
  chain prerouting { type nat hook prerouting priority -100; policy accept; jump prerouting_miniupnpd; }
  chain postrouting { type nat hook postrouting priority 100; policy accept; jump postrouting_miniupnpd; }
  chain prerouting_miniupnpd { }
  chain postrouting_miniupnpd { }
}
`

/** miniupnpd on a machine of the lab, between its network and an internet that leads nowhere. */
export class HomeRouter {
  readonly #host: Host

  /** @param by what it understands: NAT-PMP (RFC 6886), or the UPnP of Internet gateways */
  static async start(lab: Lab, host: Host, by: 'nat-pmp' | 'upnp'): Promise<HomeRouter> {
    const ip = (...words: string[]) => host.run(['ip', ...words])
    await ip('link', 'add', 'wan0', 'type', 'veth', 'peer', 'name', 'wan1')
    // Documentation's addresses would not do: the router asks for a public one.
    await ip('address', 'add', '8.8.4.4/24', 'dev', 'wan0')
    for (const name of ['wan0', 'wan1']) await ip('link', 'set', name, 'up')
    const rules = join(lab.folder, 'rules.nft')
    await writeFile(rules, RULES)
    await host.run(['nft', '-f', rules])
    const configuration = join(lab.folder, 'miniupnpd.conf')
    await writeFile(
      configuration,
      [
        ...['ext_ifname=wan0', `listening_ip=${host.interfaceName}`, 'secure_mode=yes'],
        `enable_natpmp=${by === 'nat-pmp' ? 'yes' : 'no'}`,
        `enable_upnp=${by === 'upnp' ? 'yes' : 'no'}`,
        'uuid=00000000-1111-2222-3333-444444444444',
        'allow 1024-65535 10.78.0.0/16 1024-65535',
        'deny 0-65535 0.0.0.0/0 0-65535',
        '',
      ].join('\n'),
    )
    const pidFile = join(lab.folder, 'miniupnpd.pid')
    const program = host.start(['miniupnpd', '-d', '-f', configuration, '-P', pidFile])
    await waitFor('the router', () => /HTTP listening|NAT-PMP\/PCP traffic/.test(program.output))
    return new HomeRouter(host)
  }

  private constructor(host: Host) {
    this.#host = host
  }

  /** What it lets in. */
  async forwarded(): Promise<readonly Forwarded[]> {
    const { stdout } = await this.#host.run(['nft', 'list', 'ruleset'])
    const rules = stdout.matchAll(/ (0x6|0x11) th dport (\d+) dnat ip to (\S+)/g)
    return [...rules].map(([, protocol, port, to = '']) => ({
      protocol: protocol === '0x6' ? 'tcp' : 'udp',
      port: Number(port),
      to,
    }))
  }
}
