import { describe, expect, test } from 'vitest'
import { SubtitleCatalog } from '../../../src/library/subtitles/subtitle-catalog.ts'
import { filesOf, hashOf } from '../../helpers/torrent-shelf.ts'

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
