import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { WatchFolder } from '../../src/app/watch-folder.ts'
import { createLogger } from '../../src/json-log.ts'
import { parseMetainfo } from '../../src/torrents/metainfo/metainfo.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { openSession } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const film = singleFile('Film.mkv', pseudoRandomBytes(100_000, 1))
const filmHash = parseMetainfo(film.torrentFile).infoHash
const MAGNET = 'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=A%20film'

async function watched(folderName = 'in') {
  const folder = join(await temporaryFolder(), folderName)
  await mkdir(folder)
  const session = await openSession()
  const clock = new FakeClock()
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const watch = new WatchFolder({ folder, session, clock, log: createLogger('info', destination) })
  onTestFinished(() => watch.close())
  const hashes = (): readonly string[] => session.torrents.map(({ infoHash }) => infoHash)
  return { folder, session, clock, watch, lines, hashes }
}

it('takes torrent files and magnets, renames them, and says so', async () => {
  const { folder, watch, lines, hashes } = await watched()
  await writeFile(join(folder, 'Film.torrent'), film.torrentFile)
  await writeFile(join(folder, 'other.magnet'), `\uFEFF${MAGNET}\r\n`)
  await writeFile(join(folder, 'readme.txt'), 'not ours')
  await watch.look()
  // It may still be written.
  expect(hashes()).toEqual([])
  await watch.look()
  expect([...hashes()].sort()).toEqual(
    [filmHash, '0123456789abcdef0123456789abcdef01234567'].sort(),
  )
  expect((await readdir(folder)).sort()).toEqual(
    ['Film.torrent.added', 'other.magnet.added', 'readme.txt'].sort(),
  )
  expect(lines.join('')).toContain('"file":"Film.torrent"')
  expect(lines.join('')).toContain('torrent added')
})

it('takes each line of a file of several magnets, and one that is broken into lines', async () => {
  const { folder, watch, session } = await watched()
  const other = `magnet:?xt=urn:btih:${'b'.repeat(40)}&dn=Other`
  await writeFile(join(folder, 'two.magnet'), `${MAGNET}\r\n\r\n${other}\r\n${'c'.repeat(40)}\n`)
  await writeFile(
    join(folder, 'broken.magnet'),
    `magnet:?xt=urn:btih:${'d'.repeat(40)}\n&dn=Broken\n`,
  )
  await watch.look()
  await watch.look()
  expect(session.torrents.map(({ name }) => name)).toEqual(['Broken', 'A film', 'Other', null])
  expect((await readdir(folder)).sort()).toEqual(['broken.magnet.added', 'two.magnet.added'])
})

it('waits for the rest of a file that grows', async () => {
  const { folder, watch, hashes, clock } = await watched()
  const path = join(folder, 'Film.torrent')
  await writeFile(path, film.torrentFile.subarray(0, 50))
  for (let look = 0; look < 3; look++) await watch.look()
  expect(hashes()).toEqual([])
  await clock.advance(5_000)
  await writeFile(path, film.torrentFile)
  await watch.look()
  await watch.look()
  expect(hashes()).toEqual([filmHash])
})

it('names what is no torrent, and puts it aside', async () => {
  const { folder, watch, hashes, clock, lines } = await watched()
  await writeFile(join(folder, 'page.torrent'), '<html>log in</html>')
  await writeFile(join(folder, 'link.magnet'), 'https://example.com/x.torrent')
  await mkdir(join(folder, 'folder.torrent'))
  await symlink('/etc/passwd', join(folder, 'passwd.torrent'))
  await watch.look()
  await watch.look()
  await clock.advance(11_000)
  await watch.look()
  expect(hashes()).toEqual([])
  expect((await readdir(folder)).sort()).toEqual(
    ['folder.torrent', 'link.magnet.invalid', 'page.torrent.invalid', 'passwd.torrent'].sort(),
  )
  expect(lines.join('')).toContain('page.torrent')
  expect(lines.join('')).toContain('there is no magnet link in it')
})

it('adds a file that it cannot rename once', async () => {
  const { folder, watch, hashes, session } = await watched()
  await writeFile(join(folder, 'Film.torrent'), film.torrentFile)
  await mkdir(join(folder, 'Film.torrent.added', 'in the way'), { recursive: true })
  for (let look = 0; look < 3; look++) await watch.look()
  expect(hashes()).toEqual([filmHash])
  await session.torrents[0]?.remove()
  await watch.look()
  expect(hashes()).toEqual([])
})

it('waits for a folder that is not there, and says so once', async () => {
  const { folder, watch, lines, hashes } = await watched('later')
  await rm(folder, { recursive: true })
  await watch.look()
  await watch.look()
  expect(lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1)
  await mkdir(folder)
  await writeFile(join(folder, 'Film.torrent'), film.torrentFile)
  await watch.look()
  await watch.look()
  expect(hashes()).toEqual([filmHash])
})
