import { expect, it } from 'vitest'
import { type RawAnswer, send } from '../helpers/http-client.ts'
import { basic, startRealServer } from '../helpers/real-server.ts'

it('guessing is slowed down per address, for reading as for changing, and is in the log', async () => {
  const real = await startRealServer('--auth', 'ann:secret', '--auth-reading')
  const from = (address: string) => ({ 'X-Forwarded-For': address })
  const guess = async (address: string, method: string, path: string, text: string) =>
    await send(real.port, method, path, { ...from(address), ...basic(text) })
  const tries = [
    ['GET', '/torrents'],
    ['POST', '/torrents/0/delete'],
    ['GET', '/torrents/0/stream/0'],
    ['PATCH', '/settings'],
    ['GET', '/metrics'],
  ] as const
  for (const [i, [method, path]] of tries.entries()) {
    expect((await guess('192.168.1.9', method, path, `eve:guess${i}`)).status).toBe(401)
  }
  // From now on each has to wait; of too many at once some are refused.
  const refused: RawAnswer[] = []
  for (let i = 0; i < 12; i++) {
    void guess('192.168.1.9', 'GET', '/torrents', 'eve:guess').then(
      (answer) => answer.status === 429 && refused.push(answer),
      // Cut off at the end of the test.
      () => {},
    )
  }
  await expect.poll(() => refused.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect((await guess('192.168.1.10', 'GET', '/torrents', 'ann:secret')).status).toBe(200)

  const lines = real.log.filter(({ msg }) => msg === 'wrong password')
  expect(lines[4]).toMatchObject({ from: '192.168.1.9', user: 'eve', wrong: 5, level: 40 })
  expect(JSON.stringify(real.log)).not.toContain('guess')
  expect(JSON.stringify(real.log)).not.toContain('secret')
})

it('who guesses by the same proxy does not lock out whom the server knows', async () => {
  const real = await startRealServer('--auth', 'ann:secret', '--auth-reading')
  const ask = async (address: string, text: string) =>
    (await real.get('/torrents', { 'X-Forwarded-For': address, ...basic(text) })).status
  expect(await ask('198.51.100.9', 'ann:secret')).toBe(200)
  const guesses = Array.from({ length: 100 }, (_, i) => ask(`203.0.113.${i}`, 'eve:guess'))
  await Promise.all(guesses)
  expect(await ask('198.51.100.9', 'ann:secret')).toBe(200)
  // Headers may be made up, so that a new address is no new start: its guesses wait, too.
  let answered = 0
  for (let i = 0; i < 5; i++) {
    void ask(`203.0.113.${200 + i}`, 'eve:guess').then(
      () => answered++,
      () => {},
    )
  }
  expect(await ask('198.51.100.9', 'ann:secret')).toBe(200)
  expect(answered).toBeLessThan(5)
})

it('the password is compared whole, and only as Basic', async () => {
  const real = await startRealServer('--auth', 'ann:secret', '--auth-reading')
  const wrong = ['ann:secre', 'ann:secrets', 'ann:', ':secret']
  for (const text of wrong) {
    expect((await real.get('/torrents', basic(text))).status).toBe(401)
  }
  const bearer = { Authorization: 'Bearer secret', 'X-Forwarded-For': '192.168.1.3' }
  expect((await real.get('/torrents', bearer)).status).toBe(401)
  expect((await real.get('/torrents?user=ann&password=secret')).status).toBe(401)
})
