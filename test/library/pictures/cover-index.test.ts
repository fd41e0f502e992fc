import { describe, expect, it, test } from 'vitest'
import { runAtOnce } from '../../../src/concurrency/steps.ts'
import { CoverIndex } from '../../../src/library/pictures/cover-index.ts'
import { filesOf } from '../../helpers/torrent-shelf.ts'

function coversIn(paths: readonly string[]) {
  const index = runAtOnce(CoverIndex.grow(filesOf(paths)))
  const nameOf = (cover: number | null) => (cover === null ? null : paths[cover])
  return {
    ofFolder: (folder: string) =>
      nameOf(index.ofFolder(folder.split('/').filter((name) => name !== ''))),
    beside: (path: string) => nameOf(index.besideFile({ components: path.split('/') })),
  }
}

test.each([
  [['b.jpg', 'folder.jpg', 'cover.png'], 'cover.png'],
  [['b.jpg', 'Folder.JPG'], 'Folder.JPG'],
  [['poster.webp', 'folder.jpg'], 'folder.jpg'],
  [['back.jpg', 'Album - Front.jpg'], 'Album - Front.jpg'],
  [['AlbumArtSmall.jpg', 'AlbumArt_{A-1}_Large.jpg'], 'AlbumArt_{A-1}_Large.jpg'],
  [['x-poster.jpg', 'y.mkv'], 'x-poster.jpg'],
  [['discover.jpg', 'IMG_1.jpg'], null],
  [['cover.txt'], null],
  [['Covers/front.jpg', 'Covers/back.jpg', 'a.mp3'], 'Covers/front.jpg'],
  [['Scans/cover.jpg', 'front.jpg'], 'front.jpg'],
])('of %j the cover is %s', (paths, cover) => {
  expect(coversIn(paths).ofFolder('')).toBe(cover)
})

describe('a cover', () => {
  it('is of the folders below as well, which have none of their own', () => {
    const { ofFolder } = coversIn(['cover.jpg', 'CD1/a.mp3', 'CD2/folder.jpg', 'CD2/x/b.mp3'])
    expect(['CD1', 'CD2', 'CD2/x', ''].map(ofFolder)).toEqual([
      ...['cover.jpg', 'CD2/folder.jpg', 'CD2/folder.jpg', 'cover.jpg'],
    ])
  })

  it('lies beside a film by its name, in any case', () => {
    const paths = ['a/Film.jpg', 'a/Other-poster.jpg', 'a/x.thumb.png', 'b/Film.jpg']
    const { beside } = coversIn(paths)
    expect(['a/FILM.mkv', 'a/Other.mkv', 'a/x.avi', 'a/y.avi', 'Film.mkv'].map(beside)).toEqual([
      ...['a/Film.jpg', 'a/Other-poster.jpg', 'a/x.thumb.png', null, null],
    ])
  })
})
