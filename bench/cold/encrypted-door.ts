import { createDiffieHellman, createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { Rc4 } from './rc4.ts'

const PRIME = Buffer.from(
  'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22' +
    '514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a36210000000000090563',
  'hex',
)
const KEY_BYTES = 96
const HASH_BYTES = 20
const PLAIN = 0x13
const MAX_PAD_BYTES = 512
/** Made once: each time it is made the prime is tested, which takes 30 ms and would hold up all peers. */
const GROUP = createDiffieHellman(PRIME, Buffer.of(2))
const PUBLIC_KEY = padded(GROUP.generateKeys())

/**
 * Stands before a peer that takes no connection without MSE: hangs up on a plain handshake, goes
 * through an encrypted one, and chooses plain text for what follows, which `open` then reads.
 */
export function encryptedDoor(socket: Socket, infoHash: string, open: () => void): void {
  const key = Buffer.from(infoHash, 'hex')
  let received = Buffer.alloc(0)
  let secret: Buffer | null = null
  socket.on('error', () => socket.destroy())
  const onData = (bytes: Buffer): void => {
    received = Buffer.concat([received, bytes])
    if (secret === null) {
      if (received[0] === PLAIN && received.length >= 2 && received[1] === 0x42) {
        socket.destroy()
        return
      }
      if (received.length < KEY_BYTES) return
      secret = padded(GROUP.computeSecret(received.subarray(0, KEY_BYTES)))
      received = received.subarray(KEY_BYTES)
      socket.write(PUBLIC_KEY)
    }
    const offer = readOffer(received, secret, key)
    if (offer === null) return
    socket.off('data', onData)
    const head = Buffer.alloc(14)
    head.writeUInt32BE(1, 8)
    socket.write(new Rc4(sha1('keyB', secret, key)).apply(head))
    socket.pause()
    open()
    socket.emit('data', offer)
    socket.resume()
  }
  socket.on('data', onData)
}

/** The first bytes of what follows, once all of the initiator's part is here. */
function readOffer(received: Buffer, secret: Buffer, key: Buffer): Buffer | null {
  const at = received.indexOf(sha1('req1', secret))
  if (at < 0 || at > MAX_PAD_BYTES) return null
  const encrypted = received.subarray(at + 2 * HASH_BYTES)
  const plain = new Rc4(sha1('keyA', secret, key)).apply(encrypted)
  if (plain.length < 14) return null
  const padEnd = 14 + plain.readUInt16BE(12)
  if (plain.length < padEnd + 2) return null
  const end = padEnd + 2 + plain.readUInt16BE(padEnd)
  if (plain.length < end) return null
  return Buffer.concat([plain.subarray(padEnd + 2, end), encrypted.subarray(end)])
}

function sha1(...parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function padded(number: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(KEY_BYTES - number.length), number])
}
