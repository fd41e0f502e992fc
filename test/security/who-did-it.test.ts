import { expect, it } from 'vitest'
import { send } from '../helpers/http-client.ts'
import { pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { basic, LAN, startRealServer } from '../helpers/real-server.ts'

it('the log says at info who did what to which torrent, by name, and who streams what', async () => {
  const real = await startRealServer('--auth', 'ann:secret')
  real.log.length = 0
  const from = { ...LAN, ...basic('ann:secret'), 'User-Agent': 'curl/8' }
  await real.add(singleFile('Sintel.mkv', pseudoRandomBytes(5_000, 3)), from)
  await real.post('/torrents/1/pause', from)
  await real.post('/torrents/1/start', from)
  await real.post('/torrents/1/forget', from)
  await real.post('/torrents/0/pause', { ...LAN, ...basic('eve:guess') })
  const tv = { ...LAN, 'User-Agent': 'Den TV' }
  for (const range of ['bytes=0-9', 'bytes=10-19', 'bytes=50000-']) {
    await real.get('/torrents/0/stream/0', { ...tv, Range: range })
  }
  await send(real.port, 'PATCH', '/settings', from, '{"log-level":"info"}')
  const who = { by: '192.168.1.7', user: 'ann', with: 'curl/8' }
  const told = real.log.filter(({ name }) => name === 'http' || name === 'media')
  expect(told.map(({ level, time, ...facts }) => facts)).toEqual([
    { name: 'http', msg: 'torrent added', torrent: 'Sintel.mkv', ...who },
    { name: 'http', msg: 'torrent paused', torrent: 'Sintel.mkv', ...who },
    { name: 'http', msg: 'torrent started', torrent: 'Sintel.mkv', ...who },
    { name: 'http', msg: 'torrent removed, its files kept', torrent: 'Sintel.mkv', ...who },
    {
      ...{ name: 'http', msg: 'wrong password', from: '192.168.1.7' },
      ...{ user: 'eve', wrong: 1, waitMs: 0 },
    },
    {
      ...{ name: 'media', msg: 'streaming', torrent: 'film.mkv', file: 'film.mkv' },
      ...{ by: '192.168.1.7', with: 'Den TV' },
    },
    { name: 'http', msg: 'settings changed', settings: 'log-level', ...who },
  ])
})

it('what was only looked at, or went wrong, has changed nothing', async () => {
  const real = await startRealServer()
  real.log.length = 0
  const fixture = singleFile('Sintel.mkv', pseudoRandomBytes(5_000, 3))
  await real.post('/torrents?list_only=true', {}, Buffer.from(fixture.torrentFile))
  await real.post('/torrents/7/pause')
  await real.post('/torrents', {}, 'no torrent')
  expect(real.log.filter(({ name }) => name === 'http')).toEqual([])
})
