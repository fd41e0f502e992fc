import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FactsFile, type FactsRecord } from '../../../src/library/probing/facts-file.ts'
import type { MediaFacts, VideoFacts } from '../../../src/media/probe/media-facts.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

function recordOf(facts: MediaFacts | null, more: Partial<FactsRecord> = {}): FactsRecord {
  return { facts, isPartial: false, fetchedBytes: 0, ...more }
}

function image(width: number): MediaFacts {
  const common = { kind: 'image', container: 'jpeg', title: null, cover: null } as const
  return { ...common, codec: 'JPEG', width, height: 1 }
}

async function pathOf(): Promise<string> {
  return join(await temporaryFolder(), 'new', 'facts.jsonl')
}

describe('facts on the disk', () => {
  it('are there again, the newest of each file', async () => {
    const path = await pathOf()
    const file = await FactsFile.open(path)
    await file.set(7, recordOf(image(1), { fetchedBytes: 100, isPartial: true }))
    await file.set(7, recordOf(image(2), { fetchedBytes: 50 }))
    await file.set(8, recordOf(null))
    const again = await FactsFile.open(path)
    expect(again.get(7)).toEqual(recordOf(image(2), { fetchedBytes: 50 }))
    expect(again.get(8)).toEqual(recordOf(null))
    expect([again.has(8), again.has(9), again.isPartial(7)]).toEqual([true, false, false])
    expect(again.fetchedBytes).toBe(150)
  })

  it('survive a crash in the middle of a line, and can be added to after it', async () => {
    const path = await pathOf()
    const file = await FactsFile.open(path)
    await file.set(1, recordOf(image(1)))
    await file.set(2, recordOf(image(2)))
    await truncate(path, (await readFile(path)).length - 5)
    const cut = await FactsFile.open(path)
    expect([cut.get(1)?.facts, cut.get(2)]).toEqual([image(1), undefined])
    await cut.set(3, recordOf(image(3)))
    const again = await FactsFile.open(path)
    expect([again.get(1)?.facts, again.get(3)?.facts]).toEqual([image(1), image(3)])
  })

  it('of an earlier version are told, and known to be: they had no tags', async () => {
    const path = await pathOf()
    const file = await FactsFile.open(path)
    const sound: MediaFacts = {
      ...{ kind: 'audio', container: 'flac', title: '"tags":{', cover: null },
      ...{ durationMs: 1_000, bitRate: 1, audio: [] },
    }
    await file.set(1, recordOf(sound))
    await file.set(2, recordOf({ ...sound, tags: {} }))
    await file.set(3, recordOf(image(1)))
    await file.set(4, recordOf(null))
    const again = await FactsFile.open(path)
    expect(again.propertyOf(1, 'duration', 'audio')).toBe(1_000)
    expect([1, 2, 3, 4, 5].map((index) => again.isOutdated(index))).toEqual([
      ...[true, false, false, false, false],
    ])
  })

  it('that are damaged are not there; the others are', async () => {
    const path = join(await temporaryFolder(), 'facts.jsonl')
    await writeFile(
      path,
      '{"file":1,"facts":null}\nrubbish\n{"file":-1}\n[]\n{"file":2,"facts":7}\n\0\n',
    )
    await appendFile(path, Buffer.alloc(100_000, 0xff))
    const file = await FactsFile.open(path)
    expect([file.get(1), file.get(2), file.get(-1)]).toEqual([recordOf(null), undefined, undefined])
  })

  it('of 100,000 files are read and written one by one without slowing down', async () => {
    const path = await pathOf()
    const file = await FactsFile.open(path)
    const all = Array.from({ length: 100_000 }, (_, index) =>
      file.set(index, recordOf(image(index + 1))),
    )
    await Promise.all(all)
    await file.set(50_000, recordOf(image(5)))
    const again = await FactsFile.open(path)
    expect(again.get(99_999)?.facts).toEqual(image(100_000))
    expect(again.get(50_000)?.facts).toEqual(image(5))
    // A replaced line is all that one more costs: the file is not written anew.
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(100_002)
  })

  it('take 4 kB of a file at most, whatever it names', async () => {
    const path = await pathOf()
    const file = await FactsFile.open(path)
    const long = 'ü'.repeat(200)
    const track = { codec: 'AAC', profile: 'LC', channels: 2, sampleRate: 48_000, bitRate: 1_000 }
    const audio = { ...track, bitDepth: null, language: long, title: long, isDefault: false }
    const subtitle = {
      number: 1,
      codec: 'UTF-8',
      form: 'text',
      language: 'en',
      title: long,
    } as const
    const film: VideoFacts = {
      ...{ kind: 'video', container: 'mp4', title: long, cover: null, durationMs: 1, bitRate: 1 },
      audio: Array.from({ length: 64 }, () => audio),
      subtitles: Array.from({ length: 64 }, () => ({
        ...subtitle,
        isDefault: false,
        isForced: false,
      })),
      video: {
        ...{ codec: 'AVC', profile: null, level: null, bitDepth: 8, width: 1, height: 1 },
        ...{ frameRate: 1, isInterlaced: false },
      },
    }
    await file.set(0, recordOf(film))
    expect((await readFile(path)).length).toBeLessThan(5_000)
    expect((await FactsFile.open(path)).get(0)?.facts).toMatchObject({ kind: 'video', title: null })
  })
})
