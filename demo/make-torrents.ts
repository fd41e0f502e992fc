import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import bencode from 'bencode'

/** Small, so that a clip has pieces enough to watch them arrive. */
const PIECE_LENGTH = 64 * 1024

writeTorrent('River.mp4')
writeTorrent('Delta', ['Delta.mkv', 'Delta.srt'])
writeTorrent('Spring.mp3')

/** Of one file in clips/, or of the files in one of its folders. */
function writeTorrent(name: string, fileNames?: readonly string[]): void {
  const paths = fileNames?.map((fileName) => `${name}/${fileName}`) ?? [name]
  const contents = paths.map((path) => readFileSync(new URL(`clips/${path}`, import.meta.url)))
  const bytes = Buffer.concat(contents)
  const hashes: Buffer[] = []
  for (let start = 0; start < bytes.length; start += PIECE_LENGTH) {
    const piece = bytes.subarray(start, start + PIECE_LENGTH)
    hashes.push(createHash('sha1').update(piece).digest())
  }
  const layout =
    fileNames === undefined
      ? { length: bytes.length }
      : { files: fileNames.map((path, i) => ({ length: contents[i]?.length, path: [path] })) }
  const info = { name, 'piece length': PIECE_LENGTH, pieces: Buffer.concat(hashes), ...layout }
  const [stem = name] = name.split('.')
  writeFileSync(new URL(`${stem}.torrent`, import.meta.url), bencode.encode({ info }))
}
