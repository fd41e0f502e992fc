import type { MediaObject } from '../../library/objects/media-object.ts'
import type { RendererProfile } from './renderer-profile.ts'

const POSITION_DIGITS = 3
const COMBINING_MARKS = /\p{M}+/gu
const NOT_ASCII = /[^\x20-\x7e]/gu

/** Letters and marks without a decomposition of their own in Unicode. */
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  Æ: 'AE',
  æ: 'ae',
  Ø: 'O',
  ø: 'o',
  Œ: 'OE',
  œ: 'oe',
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  ı: 'i',
  '–': '-',
  '—': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
}

/** What is plain of each kind; the rest of a class is left out. */
const PLAIN_CLASSES: readonly string[] = [
  'object.item.videoItem',
  'object.item.audioItem.musicTrack',
  'object.item.imageItem.photo',
]
const PLAIN_CONTAINER = 'object.container.storageFolder'

/**
 * A title as a renderer can show it.
 *
 * @param position - Of a child in its folder, from 0; `null` where it is not known.
 */
export function shownTitle(
  renderer: RendererProfile,
  object: MediaObject,
  position: number | null,
): string {
  let title = [...object.title]
    .map((character) => renderer.titleCharacters[character] ?? character)
    .join('')
  if (renderer.asciiTitles) {
    title = title.normalize('NFKD').replace(COMBINING_MARKS, '').replace(NOT_ASCII, inAscii)
  }
  if (object.kind === 'container') return title
  if (renderer.titleDot && !title.includes('.')) title += '.'
  const isMusic = object.upnpClass.startsWith('object.item.audioItem')
  if (!renderer.numberedTitles || !isMusic || position === null) return title
  return `${String(position + 1).padStart(POSITION_DIGITS, '0')} - ${title}`
}

function inAscii(character: string): string {
  return LATIN[character] ?? '?'
}

/** An upnp:class that a renderer knows. */
export function shownClass(renderer: RendererProfile, { kind, upnpClass }: MediaObject): string {
  if (!renderer.plainClasses) return upnpClass
  if (kind === 'container') return PLAIN_CONTAINER
  return PLAIN_CLASSES.find((plain) => upnpClass.startsWith(plain)) ?? upnpClass
}

/** An id, followed by SystemUpdateID for a renderer that never asks again about an id that it knows. */
export function shownId(renderer: RendererProfile, id: string, updateId: number): string {
  const isFixed = id === '0' || id === '-1'
  return renderer.versionedIds && !isFixed ? `${id}#${updateId}` : id
}

/** The id that `shownId` made something of. */
export function askedId(shown: string): string {
  return shown.trim().replace(/#\d{1,10}$/, '')
}
