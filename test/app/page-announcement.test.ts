import { setImmediate as turn } from 'node:timers/promises'
import type { Responder } from '@homebridge/ciao'
import { expect, it } from 'vitest'
import { type AnnouncementPorts, PageAnnouncement } from '../../src/app/page-announcement.ts'
import { silentLogger } from '../../src/log.ts'
import { interfacesOf } from '../helpers/interfaces.ts'

type Ciao = Awaited<ReturnType<AnnouncementPorts['loadCiao']>>

/** Of ciao what is used of it; it tells what it has on the wire. */
class FakeCiao {
  readonly announced = new Set<string>()

  readonly getResponder = (): Responder => {
    const service = {
      on: () => {},
      advertise: async () => {
        this.announced.add('page')
      },
    }
    const responder = {
      createService: () => service,
      shutdown: async () => {
        this.announced.delete('page')
      },
    }
    return responder as unknown as Responder
  }
}

function announcement(loadCiao: AnnouncementPorts['loadCiao']): PageAnnouncement {
  return new PageAnnouncement({
    friendlyName: 'Den',
    httpPort: 3_030,
    selection: { interfaceNames: [], host: '::' },
    log: silentLogger(),
    ports: { networkInterfaces: () => interfacesOf({ eth0: ['192.0.2.1'] }), loadCiao },
  })
}

it('the page is announced until the announcement is closed', async () => {
  const ciao = new FakeCiao()
  const page = announcement(async () => ciao)
  page.open()
  await expect.poll(() => ciao.announced.size).toBe(1)
  await page.close()
  expect(ciao.announced.size).toBe(0)
})

it('a page whose announcement was closed while it began is not announced afterwards', async () => {
  const ciao = new FakeCiao()
  let loaded = (_ciao: Ciao): void => {}
  const loading = new Promise<Ciao>((resolve) => {
    loaded = resolve
  })
  let isLoading = false
  const page = announcement(() => {
    isLoading = true
    return loading
  })
  page.open()
  await expect.poll(() => isLoading).toBe(true)
  await page.close()
  loaded(ciao)
  await turn()
  await turn()
  expect(ciao.announced.size).toBe(0)
})
