/** Scripts that our own font has. */
const OURS =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Georgian}\p{P}\p{S}\p{N}\p{M}\p{Zs}]/u
/** Too many letters for a font that comes along; drawn where the machine has one. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]/u
/** Stands for something that is no letter, and has no ink: alone, it would be nothing to draw. */
const OBJECT = '\ufffc'
const HAN_STROKE = '\u4e00'

type Measure = (letter: string) => Promise<{ readonly width: number; readonly height: number }>

let hasEastAsian: Promise<boolean> | null = null

/**
 * What of a text can be drawn, without what would be a box with a number in it. In one line.
 *
 * @param measure - Of a letter's ink, as the machine draws it.
 */
export async function drawableText(text: string, measure: Measure): Promise<string> {
  const letters = [...text.normalize('NFC')]
  hasEastAsian ??= letters.some((letter) => EAST_ASIAN.test(letter)) ? drawsHan(measure) : null
  const isEastAsianDrawn = (await hasEastAsian) ?? false
  const drawn = letters.map((letter) => {
    if (EAST_ASIAN.test(letter)) return isEastAsianDrawn ? letter : ' '
    return letter !== OBJECT && OURS.test(letter) ? letter : ' '
  })
  return drawn.join('').replace(/\s+/g, ' ').trim()
}

/** The letter is one level stroke; the box in its place is as high as it is wide. */
async function drawsHan(measure: Measure): Promise<boolean> {
  const { width, height } = await measure(HAN_STROKE)
  return height * 2 < width
}
