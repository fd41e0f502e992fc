import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Sharp, SharpConstructor } from 'sharp'
import { drawableText } from './drawable-text.ts'

/** What a drawn picture says that something is. */
export type SubjectKind = 'film' | 'series' | 'audio' | 'image' | 'folder'

/** Something without a picture of its own. */
export interface PictureSubject {
  readonly kind: SubjectKind
  readonly title: string
  /** Below the title: a year, or `S01E02`; `null` for nothing. */
  readonly note: string | null
}

const FONTS = fileURLToPath(new URL('../../../fonts/', import.meta.url))
const FONT_FILE = `${FONTS}DejaVuSans-Bold.ttf`
const FONT = 'DejaVu Sans Bold'
const SYSTEM_FONTS = '/etc/fonts/fonts.conf'

/** Two colours of the background, from top to bottom. */
const COLOURS: Readonly<Record<SubjectKind, readonly [string, string]>> = {
  film: ['#24507a', '#0f2236'],
  series: ['#5b3f86', '#241a3a'],
  audio: ['#1f6f5c', '#0d2f28'],
  image: ['#8a5a2b', '#3a2410'],
  folder: ['#4a5563', '#1d232b'],
}

/** In a square of 100, around (50, 24). */
const SYMBOLS: Readonly<Record<SubjectKind, string>> = {
  film: '<rect x="34" y="13" width="32" height="22" rx="2"/><g fill="#fff" stroke="none"><rect x="36" y="15.5" width="3" height="3"/><rect x="36" y="22.5" width="3" height="3"/><rect x="36" y="29.5" width="3" height="3"/><rect x="61" y="15.5" width="3" height="3"/><rect x="61" y="22.5" width="3" height="3"/><rect x="61" y="29.5" width="3" height="3"/><path d="M46 18v12l10-6z"/></g>',
  series:
    '<rect x="34" y="16" width="32" height="19" rx="2"/><path d="M44 9l6 7 6-7"/><path d="M47 21v9l8-4.500z" fill="#fff" stroke="none"/>',
  audio:
    '<path d="M44 32V14l16-3v17"/><g fill="#fff" stroke="none"><ellipse cx="40.500" cy="32" rx="4.500" ry="3.500"/><ellipse cx="56.500" cy="28.500" rx="4.500" ry="3.500"/></g>',
  image:
    '<rect x="34" y="13" width="32" height="22" rx="2"/><path d="M36 33l9-10 7 7 4-4 8 7" /><circle cx="58" cy="19" r="2.500" fill="#fff" stroke="none"/>',
  folder: '<path d="M34 16v17q0 2 2 2h28q2 0 2-2V19q0-2-2-2H51l-3-4H36q-2 0-2 2z"/>',
}

/** Shares of the side. Who shows it as a poster, of 2:3, cuts off a sixth at the left and at the right. */
const TITLE = { top: 0.42, width: 0.6, height: 0.34 }
const NOTE = { top: 0.82, width: 0.6, height: 0.08 }
const LONGEST_TITLE = 90

/**
 * The system's fonts help out where ours has no letter. Where a machine has none, fontconfig would complain on
 * stderr; it is to be told before it starts.
 */
export function preparedFonts(): void {
  // biome-ignore lint/style/noProcessEnv: it is fontconfig, inside of this process, that reads it
  if (!existsSync(SYSTEM_FONTS)) process.env.FONTCONFIG_FILE ??= `${FONTS}fonts.conf`
}

/** A square picture of a symbol, a title and a note: one look for all kinds. */
export async function drawPicture(
  sharp: SharpConstructor,
  { kind, title, note }: PictureSubject,
  side: number,
): Promise<Sharp> {
  const texts = await Promise.all([
    textLayer(sharp, shortened(title), { ...TITLE, side }),
    textLayer(sharp, note ?? '', { ...NOTE, side }),
  ])
  return sharp(Buffer.from(background(kind, side)))
    .composite(texts.flat())
    .flatten({ background: '#000' })
}

function background(kind: SubjectKind, side: number): string {
  const [top, bottom] = COLOURS[kind]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 100 100">
<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs>
<rect width="100" height="100" fill="url(#g)"/>
<g fill="none" stroke="#fff" stroke-width="1.800" stroke-linejoin="round" stroke-linecap="round" opacity="0.850">${SYMBOLS[kind]}</g></svg>`
}

interface Place {
  readonly top: number
  readonly width: number
  readonly height: number
  readonly side: number
}

interface Layer {
  readonly input: Buffer
  readonly left: number
  readonly top: number
}

/** As large as it fits its place, in the middle of it. */
async function textLayer(
  sharp: SharpConstructor,
  text: string,
  { top, width, height, side }: Place,
): Promise<readonly Layer[]> {
  const drawable = await drawableText(text, (letter) => drawnSize(sharp, letter))
  if (drawable === '') return []
  const box = { width: Math.round(width * side), height: Math.round(height * side) }
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="white">${escaped(drawable)}</span>`,
      ...{ ...box, font: FONT, fontfile: FONT_FILE, rgba: true, align: 'centre' },
      wrap: 'word-char',
    },
  })
    .resize({ ...box, fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 0 })
    .toBuffer({ resolveWithObject: true })
  return [
    {
      input: data,
      left: Math.round((side - info.width) / 2),
      top: Math.round(top * side + (box.height - info.height) / 2),
    },
  ]
}

/** Pixels of the ink of a letter. */
async function drawnSize(
  sharp: SharpConstructor,
  letter: string,
): Promise<{ readonly width: number; readonly height: number }> {
  const { info } = await sharp({
    text: { text: letter, font: FONT, fontfile: FONT_FILE, dpi: 300 },
  })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return info
}

function shortened(title: string): string {
  const letters = [...title]
  return letters.length <= LONGEST_TITLE
    ? title
    : `${letters.slice(0, LONGEST_TITLE - 1).join('')}…`
}

/** For Pango's markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
