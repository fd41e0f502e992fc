import { expect, it } from 'vitest'
import { FakeSession } from '../../helpers/fake-session.ts'
import { jsonOf, send, startHttpServer } from '../../helpers/http-client.ts'

it('GET /healthz is 200 while all is well, and 503 with the reason where it is not', async () => {
  let reason: string | null = null
  const auth = { user: 'a', password: 'b' }
  const port = await startHttpServer({
    ...{ session: new FakeSession(), auth },
    findFault: async () => reason,
  })
  // Whoever watches over servers may know it by any name.
  expect((await send(port, 'GET', '/healthz', { Host: 'vm.fritz.box' })).status).toBe(200)
  expect((await send(port, 'GET', '/torrents', { Host: 'vm.fritz.box' })).status).toBe(400)
  const well = await send(port, 'GET', '/healthz')
  expect([well.status, jsonOf(well)]).toEqual([200, { status: 'ok' }])
  reason = 'the data folder cannot be used (ENOENT)'
  const ill = await send(port, 'GET', '/healthz')
  expect([ill.status, jsonOf(ill)]).toEqual([503, { status: 'failing', reason }])
})
