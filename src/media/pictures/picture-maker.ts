import { createRequire } from 'node:module'
import type { Sharp, SharpConstructor } from 'sharp'
import { drawPicture, type PictureSubject, preparedFonts } from './drawn-picture.ts'
import { type ImageKind, imageKindOf } from './image-kind.ts'
import { PictureError } from './picture-error.ts'
import { isBearable, LARGEST_IMAGE_BYTES, MOST_PIXELS } from './picture-limits.ts'
import { PICTURE_BOXES, type PictureProfile } from './picture-profile.ts'

/** For one picture; seconds. */
const TIMEOUT_SECONDS = 10
const QUALITY = 82
/** Side of a drawn picture; pixels. */
const LARGEST_DRAWN = 960
/** Behind what is transparent. */
const BACKGROUND = '#14181f'

/**
 * Makes JPEG pictures (baseline, 4:2:0, sRGB, without EXIF) out of images and out of nothing. All work is done in
 * threads of libvips, one for each picture.
 */
export class PictureMaker {
  /** libvips takes 30 MB: it is loaded with the first picture. */
  #loading: Promise<SharpConstructor> | null = null

  /** Whether there is a libvips for this machine. */
  static get isAvailable(): boolean {
    const { resolve } = createRequire(import.meta.url)
    const { platform, arch } = process
    return [platform, `${platform}musl`].some((system) => {
      try {
        return resolve(`@img/sharp-${system}-${arch}/sharp.node`) !== ''
      } catch {
        return false
      }
    })
  }

  #load(): Promise<SharpConstructor> {
    this.#loading ??= loadSharp()
    return this.#loading
  }

  /**
   * The image, upright, as a JPEG within a profile; never enlarged. Rejects with PictureError.
   *
   * @param image - The whole file, of any kind that `imageKindOf` knows.
   */
  async resized(image: Uint8Array, profile: PictureProfile): Promise<Buffer> {
    const kind = imageKindOf(image)
    if (kind === null) throw new PictureError('no-image', 'the bytes are no image')
    if (image.byteLength > LARGEST_IMAGE_BYTES) {
      throw new PictureError('too-large', `${image.byteLength} bytes are too many`)
    }
    return await asPictureErrors(async () => {
      const sharp = await this.#load()
      await requireBearable(sharp, image, kind)
      const box = PICTURE_BOXES[profile]
      return await jpeg(
        sharp(image, {
          limitInputPixels: MOST_PIXELS,
          sequentialRead: true,
          // A picture with a broken line is one; one without its lower half is none.
          failOn: 'truncated',
        })
          .autoOrient()
          .resize({ ...box, fit: 'inside', withoutEnlargement: true })
          .flatten({ background: BACKGROUND }),
      )
    })
  }

  /** A picture for what has none. Rejects with PictureError. */
  async drawn(subject: PictureSubject, profile: PictureProfile): Promise<Buffer> {
    const { width, height } = PICTURE_BOXES[profile]
    const side = Math.min(width, height, LARGEST_DRAWN)
    return await asPictureErrors(async () =>
      jpeg(await drawPicture(await this.#load(), subject, side)),
    )
  }
}

async function loadSharp(): Promise<SharpConstructor> {
  preparedFonts()
  const { default: sharp } = await import('sharp')
  // What is made once is kept by others; threads are for films.
  sharp.cache(false)
  sharp.concurrency(1)
  return sharp
}

/** Reads the header alone. */
async function requireBearable(
  sharp: SharpConstructor,
  image: Uint8Array,
  kind: ImageKind,
): Promise<void> {
  const {
    width = 0,
    height = 0,
    isProgressive,
  } = await sharp(image, { limitInputPixels: false }).metadata()
  const isByLine = (kind === 'jpeg' || kind === 'png') && isProgressive !== true
  if (!isBearable({ width, height }, isByLine)) {
    throw new PictureError('too-large', `${width} x ${height} pixels are too many`)
  }
}

async function jpeg(picture: Sharp): Promise<Buffer> {
  return await picture
    .timeout({ seconds: TIMEOUT_SECONDS })
    .jpeg({ quality: QUALITY, progressive: false, chromaSubsampling: '4:2:0' })
    .toBuffer()
}

async function asPictureErrors(work: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await work()
  } catch (error) {
    throw asPictureError(error)
  }
}

function asPictureError(error: unknown): PictureError {
  if (error instanceof PictureError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (/timeout/i.test(message)) {
    return new PictureError('slow', `it takes more than ${TIMEOUT_SECONDS} s`, { cause: error })
  }
  // libvips says it in several lines, some of them twice.
  const [line = ''] = message.split('\n')
  return new PictureError('unreadable', line.slice(0, 200), { cause: error })
}
