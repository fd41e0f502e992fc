/**
 * `no-image`: the bytes are something else. `too-large`: more pixels or bytes than anybody needs.
 * `unreadable`: cut off or damaged. `slow`: it takes too long. `busy`: too many wait.
 */
export type PictureFault = 'no-image' | 'too-large' | 'unreadable' | 'slow' | 'busy'

/** No picture can be made of an image; the message says why. */
export class PictureError extends Error {
  readonly kind: PictureFault

  constructor(kind: PictureFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PictureError'
    this.kind = kind
  }
}
