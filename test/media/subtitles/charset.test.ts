import { expect, it, test } from 'vitest'
import { charsetOf } from '../../../src/media/subtitles/charset.ts'
import { partsDecoder } from '../../../src/media/subtitles/text-decoder.ts'
import { encodeText } from '../../helpers/encode-text.ts'

const WORDS = {
  russian: 'Привет, как твои дела сегодня? Мне нужно было поговорить с тобой об этом.',
  czech: 'Příliš žluťoučký kůň úpěl ďábelské ódy, řekl jsem ti to včera večer.',
  french: 'Où étais-tu hier soir ? J’ai été très déçu, ça ne va pas du tout « vraiment ».',
  greek: 'Καλημέρα, πώς είσαι σήμερα; Πρέπει να μιλήσουμε για αυτό που έγινε χθες.',
  turkish: 'Dün gece neredeydin? Çok üzüldüm, bu iş böyle olmaz, şimdi gidiyorum ağabey.',
  hebrew: 'שלום, מה שלומך היום? אנחנו צריכים לדבר על מה שקרה אתמול.',
  japanese: 'おはようございます。昨日の夜、どこにいましたか。話さなければなりません。',
  chinese: '你好，你今天怎么样？我们需要谈谈昨天发生的事情，这很重要。',
  korean: '안녕하세요, 오늘 기분이 어떠세요? 어제 있었던 일에 대해 이야기해야 합니다.',
}

/** As encodeText, but with the quotation marks that Node 20 does not know in windows-1252. */
function encode(text: string, charset: string): Uint8Array {
  if (charset !== 'windows-1252') return encodeText(text, charset)
  return Buffer.from(text.replaceAll('’', '\x92'), 'latin1')
}

function fileOf(text: string): string {
  return Array.from(
    { length: 12 },
    (_, i) => `${i}\n00:00:0${i % 10},000 --> 00:00:09,000\n${text}\n`,
  ).join('\n')
}

test.each<[keyof typeof WORDS, string]>([
  ['russian', 'windows-1251'],
  ['russian', 'koi8-r'],
  ['czech', 'windows-1250'],
  ['french', 'windows-1252'],
  ['greek', 'windows-1253'],
  ['turkish', 'windows-1254'],
  ['hebrew', 'windows-1255'],
  ['japanese', 'shift_jis'],
  ['japanese', 'euc-jp'],
  ['chinese', 'gb18030'],
  ['chinese', 'big5'],
  ['korean', 'euc-kr'],
])('%s in %s is read', (language, charset) => {
  const text =
    charset === 'big5'
      ? '你好，你今天怎麼樣？我們需要談談昨天發生的事情，這很重要。'
      : WORDS[language]
  const bytes = encode(fileOf(text), charset)
  expect(partsDecoder(charsetOf(bytes)).decode(bytes)).toContain(text)
})

test.each(Object.entries(WORDS))('%s in UTF-8 is UTF-8', (_, text) => {
  expect(charsetOf(Buffer.from(fileOf(text)))).toBe('utf-8')
})

test.each([
  ['utf-16le', true],
  ['utf-16le', false],
  ['utf-16be', true],
  ['utf-16be', false],
] as const)('%s is known, with its mark: %s', (charset, hasMark) => {
  const bytes = Buffer.from((hasMark ? '\ufeff' : '') + fileOf(WORDS.russian), 'utf16le')
  if (charset === 'utf-16be') bytes.swap16()
  expect(charsetOf(bytes)).toBe(charset)
})

test.each([
  [
    'a few bytes lost',
    'Grüße aus München',
    'Gr\xc3\xbc\xc3e aus M\xc3\xbcnchen \xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f',
  ],
  ['a line cut in a letter', '', '\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xd0'],
])('short text in UTF-8 with %s is UTF-8', (_, __, text) => {
  expect(charsetOf(Buffer.from(`1\n00:00:01,000 --> 00:00:02,000\n${text}\n`, 'latin1'))).toBe(
    'utf-8',
  )
})

test.each([
  ['Thai', 'windows-874', 'สวัสดี วันนี้คุณเป็นอย่างไรบ้าง เราต้องคุยกันเรื่องเมื่อวาน ใช่ไหม'],
  [
    'Lithuanian',
    'windows-1257',
    'Labas, kaip tau šiandien sekasi? Mums reikėjo pasikalbėti, žinai, apie tą įvykį.',
  ],
  [
    'Latvian',
    'windows-1257',
    'Sveiki, kā jums šodien klājas? Mums vajadzēja runāt par to, kas notika, vai ne, žēl.',
  ],
])('%s in %s is read', (_, charset, text) => {
  const bytes = encodeText(fileOf(text), charset)
  expect(partsDecoder(charsetOf(bytes)).decode(bytes)).toContain(text)
})

test('of charsets that are as likely, one that breaks nothing counts', () => {
  const text = 'Příliš žluťoučký kůň. Zażółć gęślą jaźń. Děkuji.'
  const bytes = encodeText(`1\n00:00:01,000 --> 00:00:02,000\n${text}\n`, 'windows-1250')
  expect(charsetOf(bytes)).toBe('windows-1250')
})

test('what says its charset itself is believed where that can be', () => {
  const sami = '<SAMI><STYLE>.KRCC {Name:Korean; lang:ko-KR;}</STYLE><SYNC Start=1><P>안녕<br>셋'
  expect(charsetOf(encodeText(sami, 'euc-kr'))).toBe('euc-kr')
  const xml = `<?xml version="1.0" encoding="windows-1250"?><tt><p>Zażółć</p></tt>`
  expect(charsetOf(encodeText(xml, 'windows-1250'))).toBe('windows-1250')
  const wrong = Buffer.from(
    `<?xml version="1.0" encoding="shift_jis"?><tt><p>\xfd\xfe</p></tt>`,
    'latin1',
  )
  expect(charsetOf(wrong)).not.toBe('shift_jis')
})

it('takes text with one wrong byte for UTF-8 still', () => {
  const bytes = Buffer.concat([Buffer.from(fileOf(WORDS.russian)), Buffer.from([0xff])])
  expect(charsetOf(bytes).toLowerCase()).toBe('utf-8')
})

it('gives a label that can be decoded for any bytes', () => {
  for (let seed = 0; seed < 200; seed++) {
    const bytes = Buffer.from(
      Array.from({ length: 300 }, (_, i) => (i * i * (seed + 3) + seed) % 256),
    )
    expect(() => new TextDecoder(charsetOf(bytes))).not.toThrow()
  }
})
