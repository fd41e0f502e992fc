import { expect, test } from 'vitest'
import { imageKindOf } from '../../../src/media/pictures/image-kind.ts'
import { parsePictureTarget, picturePath } from '../../../src/media/pictures/picture-path.ts'
import { fittedSize, profilesOf } from '../../../src/media/pictures/picture-profile.ts'
import { fixture } from '../probe/fixture-source.ts'

test.each([
  [100, 100, ['JPEG_TN']],
  [161, 100, ['JPEG_SM', 'JPEG_TN']],
  [640, 481, ['JPEG_MED', 'JPEG_SM', 'JPEG_TN']],
  [1_280, 720, ['JPEG_LRG', 'JPEG_MED', 'JPEG_SM', 'JPEG_TN']],
  [9_000, 20, ['JPEG_LRG', 'JPEG_MED', 'JPEG_SM', 'JPEG_TN']],
])('an image of %i x %i is offered as %j', (width, height, profiles) => {
  expect(profilesOf({ width, height })).toEqual(profiles)
})

test.each([
  [1_280, 720, 'JPEG_MED', 1_024, 576],
  [1_280, 720, 'JPEG_TN', 160, 90],
  [9_000, 20, 'JPEG_TN', 160, 1],
  [100, 50, 'JPEG_LRG', 100, 50],
] as const)('an image of %i x %i has as %s %i x %i', (width, height, profile, w, h) => {
  expect(fittedSize({ width, height }, profile)).toEqual({ width: w, height: h })
})

test('the path of a picture is read as it was written, and stays short', () => {
  const id = `${'a'.repeat(40)}-d12-34567`
  for (const profile of ['JPEG_TN', 'JPEG_SM', 'JPEG_MED', 'JPEG_LRG'] as const) {
    const path = picturePath(id, profile)
    expect(path.length).toBeLessThan(80)
    expect(parsePictureTarget(path)).toEqual({ objectId: id, profile })
    expect(parsePictureTarget(`http://192.0.2.1:3030${path}?x=1`)).toEqual({
      objectId: id,
      profile,
    })
  }
})

test.each(['/p/', '/p/a/tn.png', '/p/a/huge.jpg', '/p//tn.jpg', '/p/a/b/tn.jpg', '/q/a/tn.jpg'])(
  '%s is no path of a picture',
  (path) => {
    expect(parsePictureTarget(path)).toBeNull()
  },
)

test.each([
  ['picture.jpg', 'jpeg'],
  ['picture.png', 'png'],
  ['picture.gif', 'gif'],
  ['picture.webp', 'webp'],
  ['sine.wav', null],
  ['index-first.mp4', null],
])('%s is told by its bytes: %s', (name, kind) => {
  expect(imageKindOf(fixture(name))).toBe(kind)
})
