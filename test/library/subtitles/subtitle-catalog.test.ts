import { describe, expect, test } from 'vitest'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import type { MediaFacts } from '../../../src/media/probe/media-facts.ts'
import { filesOf, hashOf } from '../../helpers/torrent-shelf.ts'

function filmOf(frameRate: number): MediaFacts {
  return {
    ...{ kind: 'video', container: 'avi', title: null, cover: null, durationMs: 1, bitRate: 1 },
    ...{ audio: [], subtitles: [] },
    video: {
      ...{ codec: 'MPEG-4 Visual', profile: null, level: null, bitDepth: 8 },
      ...{ width: 640, height: 480, frameRate, isInterlaced: false },
    },
  }
}

/** Indices of the sidecars of the first of the files. */
async function sidecars(
  paths: readonly string[],
  lengths: Readonly<Record<string, number>> = {},
): Promise<readonly number[]> {
  const files = filesOf(paths).map((file) => ({
    ...file,
    length: lengths[file.components.join('/')] ?? file.length,
  }))
  const catalog = new SubtitleCatalog()
  await catalog.look(files)
  const [film] = files
  if (film === undefined) throw new Error('there is a film')
  return catalog
    .subtitlesOf({ infoHash: hashOf('x'), files }, film)
    .map(({ reference }) => reference.fileIndex)
}

describe('subtitles of any name', () => {
  // Few files are looked through when somebody asks, many once.
  const many = Array.from({ length: 100 }, (_, index) => `text/${index}.txt`)

  test.each([
    ['few', []],
    ['many', many],
  ])('are those of the only film beside leftovers and empty files, of %s', async (_, others) => {
    const dirty = ['Dirty.2018.mp4', '._Dirty.2018.mp4', 'Subs/2_English.srt', ...others]
    expect(await sidecars(dirty)).toEqual([2])
    const zero = ['Zero.2018.mp4', 'zz.mp4', 'Subs/2_German.srt', ...others]
    expect(await sidecars(zero, { 'zz.mp4': 0 })).toEqual([2])
  })

  test('belong to none where another film is shown', async () => {
    expect(await sidecars(['One.2018.mp4', 'Two.2018.mp4', 'Subs/2_English.srt'])).toEqual([])
  })
})

test('a file of frames is counted as the film that it is for', () => {
  const files = filesOf([
    'a/Film.avi',
    'a/Film.sub',
    'b/Other.avi',
    'b/Other.sub',
    'c/None.sub',
    'a/Film.srt',
  ])
  const rates = new Map([
    [0, 25],
    [2, 29.97],
  ])
  const factsOf = (_: string, index: number): MediaFacts | undefined => {
    const frameRate = rates.get(index)
    return frameRate === undefined ? undefined : filmOf(frameRate)
  }
  const catalog = new SubtitleCatalog([], { factsOf })
  const torrent = { infoHash: hashOf('x'), files }
  const found = files.map(({ index }) => catalog.frameRateBeside(torrent, index))
  expect(found).toEqual([null, 25, null, 29.97, null, null])
})
