import { expect, it } from 'vitest'
import { Avahi } from './clients/avahi.ts'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

describeWithTools(['avahi-browse', 'dbus-daemon'], 'Avahi', () => {
  it('finds the page on the network by its name, until the server says goodbye', async () => {
    const lab = await Lab.open()
    const avahi = await Avahi.start(lab, lab.first)
    const server = await Tributary.start(lab, { args: ['--name', 'The den'] })
    const [found] = await waitFor('the page', async () => {
      const services = await avahi.browse('_http._tcp')
      return services.length > 0 && services
    })
    expect(found).toMatchObject({
      ...{ name: 'The\\032den', host: 'tributary.local', address: '10.78.1.1', port: 3_030 },
      text: expect.stringContaining('path=/web/'),
    })
    server.program.signal('SIGTERM')
    expect(await server.program.ended()).toEqual({ code: 0, signal: null })
    await waitFor('the goodbye', async () => (await avahi.browse('_http._tcp')).length === 0)
  })
})
