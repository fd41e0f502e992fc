import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host, Lab } from '../lab/lab.ts'
import { waitFor } from '../lab/wait-for.ts'

const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=SOCKET</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*" eavesdrop="true"/><allow receive_sender="*" eavesdrop="true"/></policy></busconfig>
`

/** A service as avahi-browse resolves it. */
export interface AvahiService {
  readonly name: string
  readonly host: string
  readonly address: string
  readonly port: number
  readonly text: string
}

/** Avahi on a machine of the lab, beside the one that the machine of the tests may have. */
export class Avahi {
  readonly #host: Host
  readonly #env: Readonly<Record<string, string>>

  static async start(lab: Lab, host: Host): Promise<Avahi> {
    const home = join(lab.folder, `avahi-${host.address}`)
    await mkdir(home)
    const socket = join(home, 'bus.sock')
    await writeFile(join(home, 'bus.conf'), BUS.replace('SOCKET', socket))
    await writeFile(
      join(home, 'avahi.conf'),
      `[server]\nuse-ipv6=no\nallow-interfaces=${host.interfaceName}\n[rlimits]\n`,
    )
    host.start([
      'dbus-daemon',
      '--nofork',
      '--nopidfile',
      `--config-file=${join(home, 'bus.conf')}`,
    ])
    const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` }
    await waitFor('the bus', async () => {
      await host.run(['test', '-S', socket])
      return true
    })
    // Its folder of run-time files has one name on a machine: here it is another.
    const daemon = `mkdir -p /run/avahi-daemon && mount -t tmpfs avahi /run/avahi-daemon && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${join(home, 'avahi.conf')}`
    const program = host.start(['unshare', '--mount', 'sh', '-c', daemon], { env })
    await waitFor('Avahi', () => program.output.includes('Server startup complete'))
    return new Avahi(host, env)
  }

  private constructor(host: Host, env: Readonly<Record<string, string>>) {
    this.#host = host
    this.#env = env
  }

  /** What of a type is on the network now. */
  async browse(type: string): Promise<readonly AvahiService[]> {
    const command = ['avahi-browse', '--resolve', '--parsable', '--terminate', type]
    const { stdout } = await this.#host.run(command, { env: this.#env })
    return stdout.split('\n').flatMap((line) => {
      const [kind, , , name = '', , , host = '', address = '', port, text = ''] = line.split(';')
      return kind === '=' ? [{ name, host, address, port: Number(port), text }] : []
    })
  }
}
