import { access, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseMetainfo } from '../../../src/torrents/metainfo/metainfo.ts'
import type { Fixture } from '../../helpers/make-torrent.ts'
import type { BareServer } from '../lab/bare-server.ts'
import { waitFor } from '../lab/wait-for.ts'
import { type Caller, call, change } from './calls.ts'
import { Register } from './register.ts'
import type { Listed, Subject } from './subjects.ts'

/** A torrent file that is put into the watch folder; what came of it is removed over the API. */
export class Watched implements Subject {
  readonly #infoHash: string
  readonly #fixture: Fixture
  readonly #folder: string
  readonly #path: string
  readonly #isHere = new Register(false)
  #mayBePut = true
  #isHurried = false

  constructor(folder: string, fixture: Fixture) {
    this.#infoHash = parseMetainfo(fixture.torrentFile).infoHash
    this.#fixture = fixture
    this.#folder = folder
    this.#path = join(folder, `${fixture.name}.torrent`)
  }

  async act(caller: Caller): Promise<void> {
    if (this.#mayBePut) {
      this.#mayBePut = false
      const unfinished = join(this.#folder, `${this.#fixture.name}.part`)
      await writeFile(unfinished, this.#fixture.torrentFile)
      await rename(unfinished, this.#path)
      this.#isHere.ask(true).confirm()
      return
    }
    // Whoever removes what is still being taken finds it again.
    if (!(await isThere(`${this.#path}.added`))) return
    const path = `/torrents/${this.#infoHash}/delete`
    await change(this.#isHere, false, () => call(caller, path, { method: 'POST' }))
  }

  async look(server: BareServer, _: ReadonlyMap<string, Listed>, where: string): Promise<void> {
    if (await isThere(this.#path)) {
      // Every second time it is killed while it takes what is there.
      this.#isHurried = !this.#isHurried
      if (this.#isHurried) return
      await waitFor(`${this.#path} to be taken, ${where}`, async () => !(await isThere(this.#path)))
    }
    const { torrents } = await server.call<{ torrents: Listed[] }>('/torrents')
    const listed = new Set(torrents.map((torrent) => torrent.info_hash))
    const isHere = listed.has(this.#infoHash)
    this.#isHere.found(isHere, `${this.#path}, ${where}`)
    if (isHere) return
    this.#mayBePut = true
    await rm(`${this.#path}.added`, { force: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
