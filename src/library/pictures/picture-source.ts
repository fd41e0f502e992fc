import type { PictureSubject } from '../../media/pictures/drawn-picture.ts'
import type { EmbeddedCover } from '../../media/probe/media-facts.ts'
import type { InfoHash } from '../../torrents/metainfo/info-hash.ts'

/** Where the picture of an object comes from. */
export type PictureSource =
  | { readonly kind: 'file'; readonly infoHash: InfoHash; readonly fileIndex: number }
  | {
      readonly kind: 'embedded'
      readonly infoHash: InfoHash
      readonly fileIndex: number
      readonly cover: EmbeddedCover
    }
  | { readonly kind: 'drawn'; readonly subject: PictureSubject }

/** What the picture of an object may be, the best first; the last one is drawn. */
export interface PictureChoice {
  readonly sources: readonly Exclude<PictureSource, { kind: 'drawn' }>[]
  readonly subject: PictureSubject
  /** False where a better source may become known. */
  readonly isSettled: boolean
}

/** Names the bytes of a picture, whatever object it is of. */
export function nameOfSource(source: PictureSource): string {
  switch (source.kind) {
    case 'file':
      return `${source.infoHash}-${source.fileIndex}`
    case 'embedded':
      return `${source.infoHash}-${source.fileIndex}-cover`
    case 'drawn': {
      const { kind, title, note } = source.subject
      return `drawn-1-${JSON.stringify([kind, title, note])}`
    }
  }
}
