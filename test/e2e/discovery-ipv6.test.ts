import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LOCATION, NOTICED_MS } from './lab/announced.ts'
import { Lab } from './lab/lab.ts'
import { remakeFirstInterface } from './lab/shared-lan.ts'
import { search } from './lab/ssdp-search.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

describeWithTools([], 'IPv6 discovery', () => {
  it('answers on each link in both scopes, with a LOCATION that works there', async () => {
    const lab = await Lab.open()
    await lab.server.run(['ip', 'address', 'add', 'fd78::1/64', 'dev', 'e1'])
    await lab.first.run(['ip', 'address', 'add', 'fd78::2/64', 'dev', 'e0'])
    await Tributary.start(lab, { args: ['--ipv6-discovery'] })
    const [link = ''] = await waitFor('the first answer', async () => {
      const answers = await search(lab.first, 'e0', 'ff02::c')
      return answers.length > 0 && answers
    })
    expect(link).toMatch(/^http:\/\/\[fe80::[0-9a-f:]+\]:3030\/rootDesc\.xml$/)
    expect(await search(lab.first, 'e0', 'ff05::c')).toEqual([LOCATION('[fd78::1]')])
    const [other = ''] = await search(lab.second, 'e0', 'ff02::c')
    expect(other).toMatch(/^http:\/\/\[fe80::/)
    expect(other).not.toBe(link)
    for (const url of [link.replace(']', '%25e0]'), LOCATION('[fd78::1]')]) {
      const { stdout } = await lab.first.run(['curl', '-sg', '--fail', url])
      expect(stdout).toContain('<deviceType>urn:schemas-upnp-org:device:MediaServer:1</deviceType>')
    }
    await remakeFirstInterface(lab)
    await waitFor('an answer', async () => {
      return (await search(lab.first, 'e0', 'ff02::c')).length > 0
    })
    await delay(NOTICED_MS)
    expect(await search(lab.first, 'e0', 'ff02::c')).toHaveLength(1)
  })

  it('is silent unless asked for', async () => {
    const lab = await Lab.open()
    await Tributary.start(lab)
    await waitFor('the first answer', async () => (await search(lab.first, '10.78.1.2')).length > 0)
    expect(await search(lab.first, 'e0', 'ff02::c')).toEqual([])
  })
})
