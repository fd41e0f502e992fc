import { describe, expect, it } from 'vitest'
import { runAtOnce } from '../../../../src/concurrency/steps.ts'
import { encodeBencode } from '../../../../src/torrents/metainfo/bencode/safe-bencode.ts'
import {
  chooseNameDecoder,
  declaredCharset,
} from '../../../../src/torrents/metainfo/charset/name-charset.ts'
import { parseMetainfo } from '../../../../src/torrents/metainfo/metainfo.ts'
import { encodeText } from '../../../helpers/encode-text.ts'

function readNames(names: readonly Uint8Array[], declared: string | null = null): string[] {
  return names.map(runAtOnce(chooseNameDecoder(names, declared)))
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  gb18030: [
    '电影.mkv',
    '电影天堂',
    '中文',
    '字幕',
    '让子弹飞',
    '第01集.mp4',
    '霸王别姬.1993',
    '流浪地球2',
    '无间道',
    '[阳光电影www.ygdy8.com]战狼2.BD.720p.国语中字.mkv',
    '卧虎藏龙 国语中字',
    '我不是药神.HD国语中字.mp4',
  ],
  shift_jis: [
    '日本語.mkv',
    '映画',
    'アニメ',
    '七人の侍',
    '千と千尋の神隠し.mkv',
    '[アニメ] 進撃の巨人 第01話',
    '東京物語 (1953).avi',
    '君の名は。.mp4',
    '羅生門',
    '攻殻機動隊',
  ],
  'euc-kr': [
    '한국어.mkv',
    '영화',
    '자막',
    '기생충.mkv',
    '올드보이 (2003).mkv',
    '무한도전 제10회.avi',
    '살인의 추억 (2003)',
    '괴물',
    '도깨비 E01',
  ],
  'windows-1251': [
    'Фильм.mkv',
    'Привет',
    'Он',
    'БРАТ',
    'Брат 2.avi',
    'Ирония судьбы',
    'Сталкер (1979)',
    'Сезон 1',
    'Кавказская пленница [1967, комедия, DVDRip]',
  ],
  'windows-1252': [
    'café.mkv',
    'Amélie.mkv',
    'Señor',
    'Müller',
    'été',
    'À bout de souffle',
    'Der Himmel über Berlin',
    'Smörgåsbord',
    'Cidade de Deus - Ação',
    'Å',
  ],
  big5: ['臥虎藏龍', '海角七號.mkv', '無間道', '悲情城市 (1989)'],
  'euc-jp': ['千と千尋の神隠し.mkv', '七人の侍', 'となりのトトロ'],
  'koi8-r': ['Ирония судьбы', 'Джентльмены удачи'],
  'windows-1250': [
    'Vesničko má středisková',
    'Człowiek z żelaza.avi',
    'Příběhy obyčejného šílenství',
  ],
  'windows-1253': ['Ο Θίασος', 'Πολίτικη κουζίνα'],
  'windows-1254': ['Ağır Roman.avi', "Bir Zamanlar Anadolu'da şarkı"],
  'windows-1255': ['ואלס עם באשיר', 'הבופור.avi'],
  'windows-1256': ['عمر المختار', 'المومياء.avi'],
  'windows-874': ['องค์บาก.avi', 'ต้มยำกุ้ง'],
}

describe.each(Object.entries(NAMES))('names in %s', (charset, names) => {
  it.each(names)('%s is read by itself', (name) => {
    expect(readNames([encodeText(name, charset)])).toEqual([name])
  })

  it('are read together, and where the torrent says how', () => {
    const encoded = names.map((name) => encodeText(name, charset))
    expect(readNames(encoded)).toEqual(names)
    expect(readNames(encoded, declaredCharset(charset, null))).toEqual(names)
  })
})

describe('names in UTF-8', () => {
  const utf8 = (text: string): Uint8Array => Buffer.from(text)

  it('are read, whatever the torrent declares', () => {
    const names = ['\u7535\u5f71', 'caf\u00e9', '\u{1f600}', 'plain', '']
    expect(readNames(names.map(utf8))).toEqual(names)
    expect(readNames(names.map(utf8), 'gb18030')).toEqual(names)
  })

  it('are read where a few others are not', () => {
    const names = [...['Süß', 'été', 'Ω', 'naïve'].map(utf8), Buffer.from([0x63, 0xe9])]
    expect(readNames(names)).toEqual(['Süß', 'été', 'Ω', 'naïve', 'cé'])
  })

  it('are read without a last character that was cut', () => {
    expect(readNames([utf8('\u96fb\u5f71').subarray(0, 5), utf8('\u96fb')])).toEqual([
      '\u96fb',
      '\u96fb',
    ])
  })
})

it('punctuation of windows-1252 is read', () => {
  const name = Buffer.from('\x93L\x92\xe9t\xe9\x94 \x96 \x80 5\x85', 'latin1')
  expect(readNames([name])).toEqual(['\u201cL\u2019\u00e9t\u00e9\u201d \u2013 \u20ac 5\u2026'])
})

describe('what two charsets could be', () => {
  it('is that of the other names', () => {
    // Alone, its bytes are valid UTF-8.
    const word = encodeText('模', 'gb18030')
    const others = ['电影天堂', '流浪地球', '中文字幕'].map((name) => encodeText(name, 'gb18030'))
    expect(readNames([word, ...others])[0]).toBe('模')
  })

  it('is what the torrent declares', () => {
    const bytes = encodeText('Привет', 'windows-1251')
    expect(readNames([bytes], 'koi8-r')).toEqual(['оПХБЕР'])
    expect(readNames([bytes], 'windows-1251')).toEqual(['Привет'])
  })

  it('is found out where it is not what the torrent declares', () => {
    expect(readNames([encodeText('한국어 영화', 'euc-kr')], 'shift_jis')).toEqual(['한국어 영화'])
  })

  it('is read somehow where it is nothing at all, and always alike', () => {
    for (let seed = 0; seed < 256; seed++) {
      const name = Uint8Array.from({ length: 40 }, (_, index) => (index * 37 + seed * 101) & 0xff)
      const [first] = readNames([name])
      expect(first).not.toContain('\ufffd')
      expect(readNames([name])).toEqual([first])
    }
  })
})

describe('declaredCharset()', () => {
  it.each([
    ['GBK', 'gb18030'],
    ['gb2312', 'gb18030'],
    ['GB-2312', 'gb18030'],
    ['cp936', 'gb18030'],
    ['CP-936', 'gb18030'],
    ['936', 'gb18030'],
    ['windows-936', 'gb18030'],
    ['Shift_JIS', 'shift_jis'],
    ['shift-jis', 'shift_jis'],
    ['SJIS', 'shift_jis'],
    ['ms932', 'shift_jis'],
    ['cp949', 'euc-kr'],
    ['EUC-KR', 'euc-kr'],
    ['euckr', 'euc-kr'],
    ['ks_c_5601-1987', 'euc-kr'],
    ['windows-1251', 'windows-1251'],
    ['win1251', 'windows-1251'],
    ['CP1251', 'windows-1251'],
    [' Windows-1251 ', 'windows-1251'],
    ['koi8r', 'koi8-r'],
    ['Latin1', 'windows-1252'],
    ['ISO-8859-1', 'windows-1252'],
    ['ISO-8859-2', 'iso-8859-2'],
    ['iso_8859_15', 'iso-8859-15'],
    ['Big5', 'big5'],
    ['BIG5-HKSCS', 'big5'],
    ['eucJP', 'euc-jp'],
    ['UTF-8', null],
    ['utf8', null],
    ['UTF-16LE', null],
    ['iso-2022-jp', null],
    ['replacement', null],
    ['nonsense', null],
    ['', null],
  ])('knows %j', (encoding, charset) => {
    expect(declaredCharset(encoding, null)).toBe(charset)
  })

  it('knows code pages', () => {
    expect(declaredCharset(null, 936)).toBe('gb18030')
    expect(declaredCharset('nonsense', 1251)).toBe('windows-1251')
    expect(declaredCharset('UTF-8', 65_001)).toBeNull()
    expect(declaredCharset(null, -1)).toBeNull()
  })
})

describe('the names of a torrent', () => {
  const gbk = (text: string): Uint8Array => encodeText(text, 'gb18030')
  const info = { 'piece length': 32_768, pieces: Buffer.alloc(40) }

  it.each([[{}], [{ encoding: 'GBK' }], [{ codepage: 936 }], [{ encoding: 'UTF-8' }]])(
    'are read with %j',
    (root) => {
      const files = [
        { length: 20_000, path: [gbk('第一季'), gbk('第01集.mkv')] },
        { length: 20_000, path: [gbk('字幕'), 'plain.srt'] },
      ]
      const metainfo = parseMetainfo(
        encodeBencode({ ...root, info: { ...info, name: gbk('电影'), files } }),
      )
      expect(metainfo.name).toBe('电影')
      expect(metainfo.files.map(({ components }) => components.join('/'))).toEqual([
        '第一季/第01集.mkv',
        '字幕/plain.srt',
      ])
    },
  )

  it('are those in UTF-8 where there are two, for each file', () => {
    const files = [
      { length: 20_000, path: [gbk('电影')], 'path.utf-8': ['film.mkv'] },
      { length: 20_000, path: [gbk('字幕')] },
    ]
    const name = { name: gbk('中文'), 'name.utf-8': '\u00e9' }
    const metainfo = parseMetainfo(encodeBencode({ info: { ...info, ...name, files } }))
    expect(metainfo.name).toBe('\u00e9')
    expect(metainfo.files.map(({ components }) => components[0])).toEqual(['film.mkv', '字幕'])
  })

  it('stay distinct where what is left of them is the same', () => {
    const files = ['a\u200b', 'a', '\ufeffa'].map((path) => ({ length: 10_000, path: [path] }))
    const last = { length: 10_000, path: ['A'] }
    const metainfo = parseMetainfo(
      encodeBencode({ info: { ...info, name: 'x', files: [...files, last] } }),
    )
    expect(metainfo.files.map(({ components }) => components[0])).toEqual([
      'a',
      'a (2)',
      'a (3)',
      'A (4)',
    ])
  })
})
