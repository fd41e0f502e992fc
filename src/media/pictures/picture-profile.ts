/** Sizes of JPEG pictures that renderers know by name (DLNA guidelines, media format profiles for images). */
export const PICTURE_PROFILES = ['JPEG_TN', 'JPEG_SM', 'JPEG_MED', 'JPEG_LRG'] as const

export type PictureProfile = (typeof PICTURE_PROFILES)[number]

/** Pixels. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** What a picture of each profile measures at most; pixels, inclusive. */
export const PICTURE_BOXES: Readonly<Record<PictureProfile, PictureSize>> = {
  JPEG_TN: { width: 160, height: 160 },
  JPEG_SM: { width: 640, height: 480 },
  JPEG_MED: { width: 1024, height: 768 },
  JPEG_LRG: { width: 4096, height: 4096 },
}

/** What a picture measures after it was made to fit a profile; one that fits stays as it is. */
export function fittedSize({ width, height }: PictureSize, profile: PictureProfile): PictureSize {
  const box = PICTURE_BOXES[profile]
  const scale = Math.min(1, box.width / width, box.height / height)
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale))
  return { width: scaled(width), height: scaled(height) }
}

/**
 * The profiles that a picture can be offered in without being enlarged, the largest first: it has more pixels than the
 * next smaller profile holds, or it is the smallest.
 */
export function profilesOf(size: PictureSize): readonly PictureProfile[] {
  return PICTURE_PROFILES.filter((_, place) => {
    const smaller = PICTURE_PROFILES[place - 1]
    return smaller === undefined || !fits(size, smaller)
  }).reverse()
}

/** Whether a picture is within a profile. */
export function fits(size: PictureSize, profile: PictureProfile): boolean {
  const box = PICTURE_BOXES[profile]
  return size.width <= box.width && size.height <= box.height
}
