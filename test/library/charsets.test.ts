import bencode from 'bencode'
import { describe, expect, it } from 'vitest'
import { Library } from '../../src/library/library.ts'
import { silentLogger } from '../../src/log.ts'
import { parseMetainfo } from '../../src/torrents/metainfo/metainfo.ts'
import { encodeText } from '../helpers/encode-text.ts'
import { memoryStore, TorrentShelf } from '../helpers/torrent-shelf.ts'

const SLICE = { startingIndex: 0, requestedCount: 0, sort: [] }

const TORRENTS = [
  {
    charset: 'gbk',
    labels: ['GBK', 'gb2312', 'CP936'],
    name: '电影合集',
    files: [
      ['国语中字', '让子弹飞.2010.国语中字.mkv'],
      ['国语中字', '流浪地球2.mkv'],
    ],
  },
  {
    charset: 'shift_jis',
    labels: ['Shift_JIS', 'SJIS', 'CP932'],
    name: 'アニメ集',
    files: [
      ['第一期', '進撃の巨人 第01話.mkv'],
      ['第一期', '千と千尋の神隠し.mp4'],
    ],
  },
  {
    charset: 'windows-1251',
    labels: ['windows-1251', 'CP1251', 'win1251'],
    name: 'Фильмы',
    files: [
      ['Советские', 'Ирония судьбы (1975).avi'],
      ['Советские', 'Сталкер (1979).mkv'],
    ],
  },
] as const

const CASES = TORRENTS.flatMap(({ labels, ...torrent }) =>
  [undefined, ...labels].map((encoding) => ({ ...torrent, encoding })),
)

describe('names in an old charset', () => {
  it.each(CASES)('$charset, declared as $encoding, are readable', async (torrent) => {
    const { charset, encoding, name, files } = torrent
    const encoded = (text: string): Uint8Array => encodeText(text, charset)
    const info = {
      files: files.map((path) => ({ length: 10, path: path.map(encoded) })),
      name: encoded(name),
      'piece length': 16_384,
      pieces: Buffer.alloc(20),
    }
    const file = bencode.encode({ ...(encoding === undefined ? {} : { encoding }), info })
    const metainfo = parseMetainfo(file)
    const source = new TorrentShelf([{ ...metainfo, addedAt: new Date(0) }])
    const library = new Library({ source, updateIds: memoryStore(), log: silentLogger() })
    expect(library.get(metainfo.infoHash)?.title).toBe(name)
    const [folder] = files[0]
    const [found] = library.children(metainfo.infoHash, SLICE)?.objects ?? []
    expect(found?.title).toBe(folder)
    const titles = library.children(found?.id ?? '', SLICE)?.objects.map(({ title }) => title)
    expect(new Set(titles)).toEqual(new Set(files.map(([, title]) => title)))
    const word = files[0][1].slice(0, 3)
    const contains = {
      kind: 'relation',
      property: 'title',
      relation: 'contains',
      value: word,
    } as const
    expect((await library.search('0', contains, SLICE))?.totalMatches).toBe(1)
  })
})
