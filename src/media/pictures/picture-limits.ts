import type { PictureSize } from './picture-profile.ts'

/** Of an image as it is in a file. */
export const LARGEST_IMAGE_BYTES = 32 * 1024 * 1024
/** Of an image that is decoded line by line. */
export const MOST_PIXELS = 64_000_000
/** Of one that has to be in memory as a whole: 4 bytes for each. */
const MOST_PIXELS_AS_A_WHOLE = 24_000_000

/** Whether an image has no more pixels than pictures are made of. */
export function isBearable({ width, height }: PictureSize, isByLine: boolean): boolean {
  return width * height <= (isByLine ? MOST_PIXELS : MOST_PIXELS_AS_A_WHOLE)
}
